// How many units of the last place the value of every loss is off, in both types.
#include <gtest/gtest.h>

#include <cstdio>
#include <limits>

#include "tests/contracts/loss_cases.h"
#include "tests/contracts/loss_exact.h"

namespace downhill {
namespace {

using namespace contract;

/// One unit of the last place of x.
double unit(double x, Type type) {
  if (type == Type::f32) {
    const float at = std::max(std::abs(static_cast<float>(x)), std::numeric_limits<float>::min());
    return std::nextafter(at, std::numeric_limits<float>::infinity()) - at;
  }
  const double at = std::max(std::abs(x), std::numeric_limits<double>::min());
  return std::nextafter(at, std::numeric_limits<double>::infinity()) - at;
}

/// Units of the last place: of the largest number added on the way, and of the value itself. What
/// is off by less than the least normal number counts as right.
struct Units {
  double term = 0, value = 0;
};
Units units(const std::vector<double>& ours, const Reals& truth, Type type) {
  const double least = type == Type::f32 ? double{std::numeric_limits<float>::min()}
                                         : std::numeric_limits<double>::min();
  Units worst;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const double error = static_cast<double>(fabs(Real(ours[i]) - truth[i]));
    if (error < least) continue;
    worst.term = std::max(worst.term, error / unit(truth[i].term, type));
    worst.value = std::max(worst.value, error / unit(static_cast<double>(truth[i]), type));
  }
  return worst;
}
Units units(const Case& c, Type type) {
  const Case typed = in_type(c, type);
  const auto ours = typed.loss.each(typed.predictions, typed.all_targets()).to_vector();
  return units(ours, exact_items(c, c.predictions, ours.size()), type);
}

TEST(LossUlp, ValuesOfEveryLoss) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const Units wide = units(c, Type::f64), narrow = units(c, Type::f32);
    std::printf("  %-38s float64 %.2f of the term, %.3g of the value; float32 %.2f, %.3g\n",
                c.name.c_str(), wide.term, wide.value, narrow.term, narrow.value);
    EXPECT_LE(wide.term, 4);
    EXPECT_LE(narrow.term, 4);
  }
}

/// Numbers of both signs, evenly in their logarithms.
constexpr std::int64_t kPoints = 4000;
Tensor magnitudes(double least, double most) {
  Tensor x = points({kPoints}, 61, std::log(least), std::log(most));
  for (std::int64_t i = 0; i < kPoints; ++i)
    x.set(i, static_cast<float>((i % 2 == 0 ? 1 : -1) * std::exp(x.at(i))));
  return x;
}

/// A loss of many numbers, and its formula in 113 bits.
struct Grid {
  const char* name;
  Loss loss;
  Tensor p;
  double y;
  Real (*item)(Real p, Real y);
};
Units units(const Grid& grid, Type type) {
  const Tensor x = grid.p.to(type), y = Tensor::full(x.shape(), grid.y, type);
  Reals truth;
  for (const Real& p : reals(x)) truth.push_back(grid.item(p, grid.y));
  return units(grid.loss.each(x, y).to_vector(), truth, type);
}

TEST(LossUlp, WhereNothingCancelsTheValueItselfIsRight) {
  const Tensor near = magnitudes(1e-7, 1), all = magnitudes(1e-7, 700);
  const auto softplus = [](Real p, Real y) { return oracle::bce_with_logits(p, y, 1); };
  const auto log_cosh = [](Real p, Real y) { return oracle::log_cosh(p, y); };
  const auto soft_margin = [](Real p, Real y) { return log1p(exp(-p * y)); };
  const Grid every[] = {
      {"log_cosh near 0", LogCosh{}, near, 0, log_cosh},
      {"log_cosh", LogCosh{}, all, 0, log_cosh},
      {"huber", Huber{}, all, 0, [](Real p, Real y) { return oracle::huber(p, y, 1); }},
      {"bce_with_logits of 0", BCEWithLogits{}, all, 0, softplus},
      {"bce_with_logits of 1", BCEWithLogits{}, all, 1, softplus},
      {"soft_margin", SoftMargin{}, all, -1, soft_margin},
  };
  for (const Grid& grid : every) {
    SCOPED_TRACE(grid.name);
    const Units wide = units(grid, Type::f64), narrow = units(grid, Type::f32);
    std::printf("  %-38s float64 %.2f of the value; float32 %.2f\n", grid.name, wide.value,
                narrow.value);
    EXPECT_LE(wide.value, 4);
    EXPECT_LE(narrow.value, 4);
  }
}

TEST(LossUlp, FocalLosesWhatItsPowerAmplifies) {
  const Tensor x = magnitudes(1e-7, 69);  // beyond, its q counts as 1e-30
  for (const double y : {0.0, 1.0})
    for (const Type type : {Type::f64, Type::f32}) {
      const auto ours =
          Loss(Focal{}).each(x.to(type), Tensor::full(x.shape(), y, type)).to_vector();
      double worst = 0;
      for (std::int64_t i = 0; i < kPoints; ++i) {
        const Real truth = oracle::focal(x.at(i), y, 2, 0.25);
        const double off = units({ours[static_cast<std::size_t>(i)]}, {truth}, type).value;
        worst = std::max(worst, off - std::abs(2 * x.at(i)));
      }
      EXPECT_LE(worst, 4) << "target " << y;
    }
}

}  // namespace
}  // namespace downhill
