#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "downhill/core/processor.h"
#include "downhill/formula/pointwise_kernel.h"
#include "downhill/formula/text_formula.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

const auto kFormula = [](auto p, auto v, auto y) {
  return log(v) + (p - y) * (p - y) / v + 0.1 * p * v;
};

TEST(PointwiseKernel, ValueSlopesAndCurvatureAtOddLengths) {
  const auto f = compile_formula<3, 2>("test", kFormula);
  EXPECT_EQ(f->inputs(), 3);
  EXPECT_EQ(f->moving(), 2);
  for (const std::int64_t n : {1, 2, 3, 4, 5, 7, 8, 9, 31, 33}) {
    const auto p = points({n}, 1), v = points({n}, 2, 0.5, 2), y = points({n}, 3),
               w = points({n}, 4, 0, 1);
    const auto u0 = points({n}, 5), u1 = points({n}, 6);
    std::vector<double> value(static_cast<std::size_t>(n) + 1, -7), dp(value), dv(value), hp(value),
        hv(value), along(value);
    const double* in[] = {p.data<double>(), v.data<double>(), y.data<double>()};
    double* slopes[] = {dp.data(), dv.data()};
    double* h[] = {hp.data(), hv.data()};
    const double* u[] = {u0.data<double>(), u1.data<double>()};
    const double sum = f->slopes(in, w.data<double>(), 2.0, value.data(), slopes, false, n);
    f->curvature(in, w.data<double>(), 2.0, u, h, along.data(), n);
    double expected = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      const auto k = static_cast<std::size_t>(i);
      const double a = p.at(i), b = v.at(i), r = a - y.at(i);
      const double exact = std::log(b) + r * r / b + 0.1 * a * b;
      const double ga = 2 * r / b + 0.1 * b, gb = 1 / b - r * r / (b * b) + 0.1 * a;
      const double haa = 2 / b, hab = -2 * r / (b * b) + 0.1,
                   hbb = -1 / (b * b) + 2 * r * r / (b * b * b);
      expected += w.at(i) * exact;
      EXPECT_NEAR(value[k], exact, 1e-13);
      EXPECT_NEAR(dp[k], 2 * w.at(i) * ga, 1e-13);
      EXPECT_NEAR(dv[k], 2 * w.at(i) * gb, 1e-13);
      EXPECT_NEAR(along[k], ga * u0.at(i) + gb * u1.at(i), 1e-12);
      EXPECT_NEAR(hp[k], 2 * w.at(i) * (haa * u0.at(i) + hab * u1.at(i)), 1e-12);
      EXPECT_NEAR(hv[k], 2 * w.at(i) * (hab * u0.at(i) + hbb * u1.at(i)), 1e-12);
    }
    EXPECT_NEAR(sum, expected, 1e-12);
    for (const auto& a : {value, dp, dv, hp, hv, along})
      EXPECT_EQ(a.back(), -7) << "wrote past the end";
    double* only_second[] = {nullptr, dv.data()};
    f->slopes(in, nullptr, 1.0, nullptr, only_second, false, n);
  }
}

TEST(PointwiseKernel, BitsOfAnElementDoNotDependOnItsPlace) {
  const auto f =
      compile_formula<1, 1>("test", [](auto x) { return tanh(x) * exp(-x * x) + log1p(abs(x)); });
  const auto x = points({100}, 9, -5, 5, Type::f32);
  std::vector<float> whole(100);
  const float* in[] = {x.data<float>()};
  f->value(in, whole.data(), 100);
  for (std::int64_t begin = 0; begin < 40; ++begin) {
    for (const std::int64_t n : {1, 2, 5, 8, 13, 60}) {
      std::vector<float> part(static_cast<std::size_t>(n));
      const float* from[] = {x.data<float>() + begin};
      f->value(from, part.data(), n);
      ASSERT_EQ(std::memcmp(part.data(), &whole[static_cast<std::size_t>(begin)], part.size() * 4),
                0);
    }
  }
}

TEST(PointwiseKernel, FormulasThatDoNotDependOnWhatMoves) {
  const auto constant = compile_formula<2, 1>("c", [](auto, auto) { return 3.0; });
  const auto target_only = compile_formula<2, 1>("t", [](auto, auto y) { return y * y; });
  const double p[] = {1, 2, 3}, y[] = {4, 5, 6};
  const double* in[] = {p, y};
  double slope[3] = {9, 9, 9};
  double* out[] = {slope};
  EXPECT_EQ(constant->slopes(in, nullptr, 1, nullptr, out, false, 3), 9);
  EXPECT_EQ(slope[2], 0);
  EXPECT_EQ(target_only->slopes(in, nullptr, 1, nullptr, out, false, 3), 16 + 25 + 36);
  EXPECT_EQ(slope[0], 0);
}

// A block of alike floats: their sum is the count times the float, which float would miss by 1e-5.
TEST(PointwiseKernel, SumsInDouble) {
  constexpr std::int64_t n = 4095;
  const Tensor x = Tensor::full({n}, 0.1);
  const double want = n * static_cast<double>(0.1f);
  const float* in[] = {x.data<float>()};
  std::vector<float> slope(n), ones(n, 1.0f);
  float* out[] = {slope.data()};
  const std::shared_ptr<const Pointwise> compiled =
      compile_formula<1, 1>("x", [](auto v) { return 1 * v; });
  const std::shared_ptr<const Pointwise> text = TextFormula::parse("x", {"x"}, 1);
  for (const auto& f : {compiled, text}) {
    EXPECT_NEAR(f->slopes(in, nullptr, 1, nullptr, out, false, n), want, 1e-12 * want);
    EXPECT_NEAR(f->slopes(in, ones.data(), 1, nullptr, out, false, n), want, 1e-12 * want);
  }
}

// This file is compiled without processor flags, the library's own formulas with AVX2 where the
// machine has it: both must work side by side in one program, each at its own level.
TEST(PointwiseKernel, LevelsMixInOneProgram) {
  EXPECT_EQ(Lanes<float>::size, 4);
  EXPECT_STREQ(processor_level(), use_v3() ? "x86-64-v3" : "baseline");
  const Loss library = MSE{};
  const Loss here = pointwise([](auto p, auto y) { return (p - y) * (p - y); });
  const auto p = points({1003}, 1), y = points({1003}, 2);
  EXPECT_EQ(library.each(p, y).to_vector(), here.each(p, y).to_vector());
}

}  // namespace
}  // namespace downhill
