// Ravines and plateaus: places that fall, and how.
#include <gtest/gtest.h>

#include "downhill/core/error.h"
#include "tests/inspect/landscapes.h"

namespace downhill {
namespace {

using namespace landscapes;

TEST(States, RosenbrocksValleyIsARavine) {
  // At (-0.5, 0.25), on the valley's floor: eigenvalues 401.0 and 1.00, and half of the gradient
  // (-3, 0) along each.
  const Stands s = stands_at(-0.5, 0.25, rosenbrock);
  EXPECT_EQ(s.stands, "ravine") << explain(s);
  EXPECT_NEAR(*s.flat_gradient, 0.4975, 1e-3);
  EXPECT_GT(*s.flat_fall, 0.99);
  EXPECT_NE(s.reason.find("no rate above 0.00499"), std::string::npos) << s.reason;
  EXPECT_EQ(stands_at(0, 0, rosenbrock).stands, "ravine");
}

TEST(States, ARavineNeedsWallsAFallAndAGradientAlongIt) {
  const auto valley = [](double steep) {
    return
        [steep](const Tensor& x, const Tensor& y) { return 0.5 * (square(x) + steep * square(y)); };
  };
  EXPECT_EQ(stands_at(1, 0, valley(200)).stands, "ravine");
  EXPECT_EQ(stands_at(1, 0, valley(50)).stands, "descending");   // walls too gentle
  EXPECT_EQ(stands_at(1, 1, valley(200)).stands, "descending");  // on the wall
  EXPECT_EQ(stands_at(1, 0.02, valley(200)).stands,
            "descending");  // the fall is ahead, not the slope
  EXPECT_EQ(stands_at(0, 0, valley(200)).stands, "minimum");
}

TEST(States, ManyFlatDirectionsAndOneSteep) {
  Tensor p = leaf(Tensor::zeros({50}, Type::f64) + 1.0);
  std::vector<double> widths(50, 0.01);
  widths[0] = 10;
  p.set(0, 0.001);
  const Tensor curvature = Tensor::from(widths, {50});
  const Stands s = stationarity([&] { return 0.5 * sum(curvature * square(p)); }, {p});
  EXPECT_EQ(s.stands, "ravine") << explain(s);
}

TEST(States, TheTailOfASaturatedUnitIsAPlateau) {
  const auto saturated = [](const Tensor& x, const Tensor& y) {
    return square(tanh(x)) + 0.001 * square(tanh(y));
  };
  for (const double x : {5.0, -6.0, 12.0}) {
    const Stands s = stands_at(x, 0, saturated);
    EXPECT_EQ(s.stands, "plateau") << explain(s);
    EXPECT_GT(s.along_gradient->decrease, 0.9);
  }
  EXPECT_NE(stands_at(2, 0, saturated).stands, "plateau");
  EXPECT_EQ(stands_at(0, 0, saturated).stands, "minimum");
}

TEST(States, FlatEverywhereIsNoPlateau) {
  // Nothing falls however far one looks.
  EXPECT_EQ(
      stands_at(3, 4, [](const Tensor& x, const Tensor& y) { return 0.0 * (x + y) + 1.0; }).stands,
      "minimum");
  EXPECT_EQ(
      stands_at(3, 4, [](const Tensor& x, const Tensor& y) { return 1.0 + 1e-9 * (x + y); }).stands,
      "minimum");
}

TEST(States, AnUnscaledSumStandsWhereItsMeanDoes) {
  for (const double unit : {1e-9, 1.0, 1e9}) {
    const auto scaled = [unit](const auto& f) {
      return [=](const Tensor& x, const Tensor& y) { return unit * f(x, y); };
    };
    EXPECT_EQ(stands_at(-0.5, 0.25, scaled(rosenbrock)).stands, "ravine") << unit;
    EXPECT_EQ(stands_at(5, 0, scaled([](const Tensor& x, const Tensor& y) {
                          return square(tanh(x)) + square(y);
                        }))
                  .stands,
              "plateau")
        << unit;  // whatever the curvature across
  }
}

TEST(States, TheirConstantsAreOptions) {
  StationarityOptions options;
  options.flat = 0.001;
  EXPECT_EQ(stands_at(-0.5, 0.25, rosenbrock, options).stands, "descending");
  options = {};
  options.flat = 1;
  EXPECT_THROW(stands_at(0, 0, rosenbrock, options), UsageError);
  options = {};
  options.change = 0;
  EXPECT_THROW(stands_at(0, 0, rosenbrock, options), UsageError);
}

// The zero of a loss means nothing where a constant was added to it: what was gained does.
TEST(States, AConstantInTheLossDoesNotHideAFall) {
  for (const double constant : {0.0, 1000.0, 1e6}) {
    const auto at = [&](double x, std::optional<double> reference) {
      return stands_at(
          x, 0, [&](const Tensor& u, const Tensor& v) { return square(u) + square(v) + constant; },
          {.reference = reference});
    };
    EXPECT_EQ(at(3, 9 + constant).stands, "descending") << constant << " nothing was gained yet";
    EXPECT_EQ(at(3, 100 + constant).stands, "descending") << constant;
    EXPECT_EQ(at(0.1, 100 + constant).stands, constant == 0 ? "descending" : "minimum")
        << "a loss of 0.01 that can fall to 0, or a ten-thousandth of what was gained";
    EXPECT_EQ(at(0, 9 + constant).stands, "minimum") << constant;
  }
}

}  // namespace
}  // namespace downhill
