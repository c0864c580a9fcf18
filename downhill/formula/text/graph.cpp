#include "downhill/formula/text/graph.h"

#include <bit>
#include <cmath>
#include <utility>

namespace downhill::text {
namespace {

double power_of_two_inverse(double k) {  // 1/k if that is exact, else 0
  int exponent = 0;
  const double mantissa = std::frexp(k, &exponent);
  return std::abs(mantissa) == 0.5 && std::abs(exponent) < 100 ? 1 / k : 0;
}

double sigmoid(double x) {
  const double e = std::exp(-std::abs(x));
  return (x >= 0 ? 1.0 : e) / (1 + e);
}

double softplus(double x) { return (x > 0 ? x : 0) + std::log1p(std::exp(-std::abs(x))); }
double sign(double x) { return x > 0 ? 1 : (x < 0 ? -1 : x); }

double function(Op op, double x) {
  using namespace std;
  switch (op) {
#define ROW(name, slope) \
  case Op::name:         \
    return name(x);
    DOWNHILL_TEXT_FUNCTIONS(ROW)
#undef ROW
    default:
      return x;
  }
}

double evaluate(Op op, double x, double y) {
  switch (op) {
    case Op::add:
      return x + y;
    case Op::sub:
      return x - y;
    case Op::mul:
      return x * y;
    case Op::div:
      return x / y;
    case Op::neg:
      return -x;
    case Op::pow:
      return std::pow(x, y);
    case Op::min:
      return y <= x ? y : (x < y ? x : x + y);
    case Op::max:
      return x <= y ? y : (y < x ? x : x + y);
    case Op::less:
      return x < y;
    case Op::less_equal:
      return x <= y;
    case Op::equal:
      return x == y;
    default:
      return function(op, x);
  }
}

}  // namespace

bool Node::operator==(const Node& o) const {
  return op == o.op && a == o.a && b == o.b && c == o.c &&
         std::bit_cast<std::uint64_t>(k) == std::bit_cast<std::uint64_t>(o.k);
}

std::size_t Node::Hash::operator()(const Node& node) const {
  std::uint64_t h = static_cast<std::uint64_t>(node.op);
  const auto mix = [&h](std::uint64_t x) {
    h = (h ^ x) * 0x9E3779B97F4A7C15ULL;
    h ^= h >> 29;
  };
  mix(static_cast<std::uint32_t>(node.a));
  mix(static_cast<std::uint32_t>(node.b));
  mix(static_cast<std::uint32_t>(node.c));
  mix(std::bit_cast<std::uint64_t>(node.k));
  return static_cast<std::size_t>(h);
}

Id Graph::keep(const Node& node) {
  const auto [known, made] = numbers_.try_emplace(node, size());
  if (made) nodes_.push_back(node);
  return known->second;
}

Id Graph::folded(Op op, Id a, Id b) {
  if (!is_constant(a) || (b != kNone && !is_constant(b))) return kNone;
  const double value = evaluate(op, (*this)[a].k, b == kNone ? 0 : (*this)[b].k);
  return is_truth(op) ? truth(value != 0) : constant(value);
}

Id Graph::make(Op op, Id a, Id b, Id c) {
  if (op == Op::where) return make_where(a, b, c);
  if (op == Op::both || op == Op::either) return make_logic(op, a, b);
  if (op == Op::opposite) {
    if (is(a, Op::truth)) return truth((*this)[a].k == 0);
    return is(a, Op::opposite) ? (*this)[a].a : keep({op, a});
  }
  if (const Id constant_result = folded(op, a, b); constant_result != kNone) return constant_result;
  switch (op) {
    case Op::add:
      return make_sum(a, b);
    case Op::sub:
      return make_difference(a, b);
    case Op::mul:
      return make_product(a, b);
    case Op::div:
      return make_quotient(a, b);
    case Op::pow:
      return make_power(a, b);
    case Op::neg:
      return is(a, Op::neg) ? (*this)[a].a : keep({op, a});
    default:
      return keep({op, a, b});
  }
}

Id Graph::make_sum(Id a, Id b) {
  if (is_constant(a, 0)) return b;
  if (is_constant(b, 0)) return a;
  if (a == b) return make_product(a, constant(2));
  if (is(b, Op::neg)) return make_difference(a, (*this)[b].a);
  if (is(a, Op::neg)) return make_difference(b, (*this)[a].a);
  if (a > b) std::swap(a, b);
  return keep({Op::add, a, b});
}

Id Graph::make_difference(Id a, Id b) {
  if (is_constant(b, 0)) return a;
  if (is_constant(a, 0)) return make(Op::neg, b);
  if (is(b, Op::neg)) return make(Op::add, a, (*this)[b].a);
  return keep({Op::sub, a, b});
}

Id Graph::make_product(Id a, Id b) {
  if (is_constant(a) || (!is_constant(b) && a > b)) std::swap(a, b);
  if (is_constant(b, 1)) return a;
  if (is_constant(b, -1)) return make(Op::neg, a);
  return keep({Op::mul, a, b});
}

Id Graph::make_quotient(Id a, Id b) {
  if (is_constant(b, 1)) return a;
  if (is_constant(b, -1)) return make(Op::neg, a);
  if (is_constant(b))
    if (const double inverse = power_of_two_inverse((*this)[b].k); inverse != 0)
      return make(Op::mul, a, constant(inverse));
  return keep({Op::div, a, b});
}

Id Graph::make_power(Id a, Id b) {
  if (is_constant(b, 0)) return constant(1);
  if (is_constant(b, 1)) return a;
  if (is_constant(b, 2)) return make(Op::mul, a, a);
  if (is_constant(b, -1)) return make(Op::div, constant(1), a);
  return keep({Op::pow, a, b});
}

Id Graph::make_where(Id condition, Id yes, Id no) {
  if (yes == no) return yes;
  const Node c = (*this)[condition];
  if (c.op == Op::truth) return c.k != 0 ? yes : no;
  if (c.op == Op::opposite) return make_where(c.a, no, yes);
  return keep({Op::where, condition, yes, no});
}

Id Graph::make_logic(Op op, Id a, Id b) {
  if (a == b) return a;
  if (is(a, Op::truth)) std::swap(a, b);
  const bool neutral = op == Op::both;  // true and x is x; false or x is x
  if (is(b, Op::truth)) return ((*this)[b].k != 0) == neutral ? a : b;
  if (make(Op::opposite, a) == b) return truth(!neutral);
  return keep({op, a, b});
}

bool Graph::is_step(Id id) const {
  const Node& n = (*this)[id];
  return n.op == Op::where && is_constant(n.b) && is_constant(n.c);
}

Id Graph::scale_step(double k, Id id) {
  const Node n = (*this)[id];
  const Id yes = constant(k * (*this)[n.b].k), no = constant(k * (*this)[n.c].k);
  return make_where(n.a, yes, no);
}

Id Graph::scale(double k, Id x) {
  if (k == 1) return x;
  const Node n = (*this)[x];
  if (n.op == Op::constant) return constant(k * n.k);
  if (n.op == Op::neg) return scale(-k, n.a);
  if (is_step(x)) return scale_step(k, x);
  if (n.op == Op::mul && is_step(n.a)) return make(Op::mul, scale_step(k, n.a), n.b);
  if (n.op == Op::mul && is_step(n.b)) return make(Op::mul, n.a, scale_step(k, n.b));
  if (n.op == Op::mul && is_constant(n.b)) {
    const double both = k * (*this)[n.b].k;
    if (std::isnormal(both)) return make(Op::mul, n.a, constant(both));
  }
  if (n.op == Op::div && is_constant(n.a)) {
    const double both = k * (*this)[n.a].k;
    if (std::isnormal(both)) return make(Op::div, constant(both), n.b);
  }
  return make(Op::mul, x, constant(k));
}

Id Graph::product(Id a, Id b) {
  if (is_constant(a)) return scale((*this)[a].k, b);
  if (is_constant(b)) return scale((*this)[b].k, a);
  if (is_step(b)) std::swap(a, b);
  const Node n = (*this)[b];
  if (is_step(a) && n.op == Op::mul && is_constant(n.b))
    return make(Op::mul, scale_step((*this)[n.b].k, a), n.a);
  return make(Op::mul, a, b);
}

Id Graph::sum(Id a, Id b) { return a == b ? scale(2, a) : make(Op::add, a, b); }

}  // namespace downhill::text
