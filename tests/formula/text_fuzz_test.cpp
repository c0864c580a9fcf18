#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/core/random.h"
#include "downhill/formula/dual_math.h"
#include "downhill/formula/text_formula.h"

// Random formulas: printed, parsed and run as text, against the same tree on dual numbers.

namespace downhill {
namespace {

using L = Lanes<double>;
using Inner = Dual<L, 1>;
using Outer = Dual<Inner, 2>;

constexpr std::array<double, 5> kConstants = {0.5, 2, 3, 0.75, 1.25};
const std::array<std::string, 16> kUnary = {"-",    "abs",  "exp",     "log",      "log1p", "expm1",
                                            "sqrt", "tanh", "sigmoid", "softplus", "erf",   "sin",
                                            "cos",  "sign", "atan",    "^3"};
const std::array<std::string, 8> kBinary = {"+", "-", "*", "/", "min", "max", "^", "pow"};
const std::array<std::string, 6> kCompare = {"<", "<=", ">", ">=", "==", "!="};

struct Tree {
  enum class Kind { x, y, constant, unary, binary, choice } kind;
  std::size_t which = 0;  // constant, function, operator or comparison
  std::size_t logic = 0;  // of a choice: c, not c, c and d, c or d
  std::vector<Tree> parts;
};

Tree random_tree(Random& random, int depth) {
  using Kind = Tree::Kind;
  const std::uint64_t roll = depth == 0 ? random.below(3) : random.below(12);
  if (roll == 0) return {Kind::x, 0, 0, {}};
  if (roll == 1) return {Kind::y, 0, 0, {}};
  if (roll == 2) return {Kind::constant, random.below(kConstants.size()), 0, {}};
  const auto part = [&] { return random_tree(random, depth - 1); };
  if (roll < 6) return {Kind::unary, random.below(kUnary.size()), 0, {part()}};
  if (roll < 10) {
    Tree tree{Kind::binary, random.below(kBinary.size()), 0, {}};
    for (int i = 0; i < 2; ++i) tree.parts.push_back(part());
    return tree;
  }
  Tree tree{Kind::choice, random.below(kCompare.size()), random.below(4), {}};
  for (int i = 0; i < 4; ++i) tree.parts.push_back(part());
  return tree;
}

std::string print(const Tree& t) {
  using Kind = Tree::Kind;
  const auto part = [&t](std::size_t i) { return print(t.parts[i]); };
  if (t.kind == Kind::x) return "x";
  if (t.kind == Kind::y) return "y";
  if (t.kind == Kind::constant) return std::to_string(kConstants[t.which]);
  if (t.kind == Kind::unary) {
    const std::string& name = kUnary[t.which];
    if (name == "^3") return "(" + part(0) + ")^3";
    return name == "-" ? "(-" + part(0) + ")" : name + "(" + part(0) + ")";
  }
  if (t.kind == Kind::binary) {
    const std::string& name = kBinary[t.which];
    if (name.size() > 1) return name + "(" + part(0) + ", " + part(1) + ")";
    return "((" + part(0) + ") " + name + " (" + part(1) + "))";
  }
  const std::string c = part(0) + " " + kCompare[t.which] + " " + part(1);
  const std::string d = "x > y";
  const std::array<std::string, 4> logic = {c, "not " + c, c + " and " + d, c + " or " + d};
  return "where(" + logic[t.logic] + ", " + part(2) + ", " + part(3) + ")";
}

// The size of the largest number that came up: it scales the rounding errors of the result.
struct Watch {
  double largest = 1;
  Outer operator()(const Outer& v) {
    for (const Inner& part : {v.v, v.d[0], v.d[1]})
      for (const double size : {std::abs(part.v.first()), std::abs(part.d[0].first())})
        if (std::isfinite(size)) largest = std::max(largest, size);
    return v;
  }
};

Outer run_unary(std::size_t which, const Outer& a) {
  const std::array<Outer (*)(const Outer&), 16> functions = {
      [](const Outer& v) { return -v; },         [](const Outer& v) { return abs(v); },
      [](const Outer& v) { return exp(v); },     [](const Outer& v) { return log(v); },
      [](const Outer& v) { return log1p(v); },   [](const Outer& v) { return expm1(v); },
      [](const Outer& v) { return sqrt(v); },    [](const Outer& v) { return tanh(v); },
      [](const Outer& v) { return sigmoid(v); }, [](const Outer& v) { return softplus(v); },
      [](const Outer& v) { return erf(v); },     [](const Outer& v) { return sin(v); },
      [](const Outer& v) { return cos(v); },     [](const Outer& v) { return sign(v); },
      [](const Outer& v) { return atan(v); },    [](const Outer& v) { return pow(v, 3); }};
  return functions[which](a);
}

Outer run_binary(std::size_t which, const Outer& a, const Tree& second, const Outer& b) {
  const std::string& name = kBinary[which];
  if (name == "+") return a + b;
  if (name == "-") return a - b;
  if (name == "*") return a * b;
  if (name == "/") return a / b;
  if (name == "min") return min(a, b);
  if (name == "max") return max(a, b);
  return second.kind == Tree::Kind::constant ? pow(a, kConstants[second.which]) : pow(a, b);
}

Mask<double> compared(std::size_t which, const Outer& a, const Outer& b) {
  if (which == 0) return a < b;
  if (which == 1) return a <= b;
  if (which == 2) return a > b;
  if (which == 3) return a >= b;
  return which == 4 ? a == b : a != b;
}

Outer run(const Tree& t, const Outer& x, const Outer& y, Watch& watch) {
  using Kind = Tree::Kind;
  const auto part = [&](std::size_t i) { return run(t.parts[i], x, y, watch); };
  if (t.kind == Kind::x) return x;
  if (t.kind == Kind::y) return y;
  if (t.kind == Kind::constant) return Outer(kConstants[t.which]);
  if (t.kind == Kind::unary) return watch(run_unary(t.which, part(0)));
  if (t.kind == Kind::binary) return watch(run_binary(t.which, part(0), t.parts[1], part(1)));
  const Mask<double> c = compared(t.which, part(0), part(1)), d = x > y;
  const std::array<Mask<double>, 4> logic = {c, !c, c && d, c || d};
  return where(logic[t.logic], part(2), part(3));
}

struct Tally {
  int compared = 0, skipped = 0, wrong = 0, steep = 0;
  // Where dual numbers are not finite, another order of the chain rule may still be. And where an
  // input moves an exponent back and forth so that it stands still, at a base below 0, they say 0; a
  // text, going backwards, makes it NaN.
  void check(double got, double expected, double size, const std::string& where) {
    if (!std::isfinite(expected) || size > 1e6) {
      ++skipped;
      return;
    }
    ++compared;
    if (std::isnan(got)) {
      ++steep;
      return;
    }
    if (std::abs(got - expected) <= 1e-10 * size * size) return;
    if (++wrong < 5)
      ADD_FAILURE() << where << ": " << got << " instead of " << expected << ", size " << size;
  }
};

void check_tree(const Tree& tree, Random& random, Tally& tally) {
  constexpr std::size_t kPoints = 11;
  const std::string text = print(tree);
  const auto f = TextFormula::parse(text, {"x", "y"}, 2);
  std::array<std::vector<double>, 4> in;  // x, y, u_x, u_y
  for (auto& array : in)
    for (std::size_t i = 0; i < kPoints; ++i) array.push_back(4 * random.uniform() - 1.5);
  in[0][3] = in[1][3];  // a tie, and zeros
  in[0][4] = 0;
  in[1][5] = 0;
  std::array<std::vector<double>, 6> out;
  for (auto& array : out) array.resize(kPoints);
  const double* const at[] = {in[0].data(), in[1].data()};
  const double* const u[] = {in[2].data(), in[3].data()};
  double* const slopes[] = {out[1].data(), out[2].data()};
  double* const products[] = {out[3].data(), out[4].data()};
  f->slopes(at, nullptr, 1.0, out[0].data(), slopes, false, kPoints);
  f->curvature(at, nullptr, 1.0, u, products, out[5].data(), kPoints);
  for (std::size_t i = 0; i < kPoints; ++i) {
    const Outer x(Inner(L(in[0][i]), {L(in[2][i])}), {Inner(1.0), Inner(0.0)});
    const Outer y(Inner(L(in[1][i]), {L(in[3][i])}), {Inner(0.0), Inner(1.0)});
    Watch watch;
    const Outer r = run(tree, x, y, watch);
    if (!std::isfinite(r.v.v.first())) {
      EXPECT_FALSE(std::isfinite(out[0][i])) << text;  // its slopes mean nothing
      continue;
    }
    const std::array<double, 6> expected = {r.v.v.first(),       r.d[0].v.first(),
                                            r.d[1].v.first(),    r.d[0].d[0].first(),
                                            r.d[1].d[0].first(), r.v.d[0].first()};
    for (std::size_t k = 0; k < expected.size(); ++k)
      tally.check(out[k][i], expected[k], watch.largest,
                  text + " entry " + std::to_string(k) + " at " + std::to_string(in[0][i]) + ", " +
                      std::to_string(in[1][i]));
  }
}

TEST(TextFuzz, RandomFormulasAgreeWithDualNumbers) {
  Random random(7);
  Tally tally;
  for (int i = 0; i < 1500; ++i) check_tree(random_tree(random, 1 + i % 5), random, tally);
  EXPECT_LT(1000 * tally.steep, tally.compared) << tally.steep << " are NaN";
  EXPECT_EQ(tally.wrong, 0) << tally.compared << " compared, " << tally.skipped << " skipped";
  EXPECT_GT(tally.compared, 30000);
}

TEST(TextFuzz, RandomBytesAreFormulasOrRefused) {
  const std::array<std::string, 26> pieces = {
      "x",  "y", "1",   "2.5",  "(",   ")",     "+",    "-", "*",  "/",    "^", ",",   "<",
      "==", "!", "and", "not ", "exp", "where", "max(", " ", "\n", "\xff", "e", "1e9", "sin("};
  Random random(11);
  int understood = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (std::uint64_t k = random.below(9) + 1; k > 0; --k)
      text += pieces[random.below(pieces.size())];
    try {
      TextFormula::parse(text, {"x", "y"}, 2);
      ++understood;
    } catch (const UsageError&) {
      continue;
    }
  }
  EXPECT_GT(understood, 100);
}

}  // namespace
}  // namespace downhill
