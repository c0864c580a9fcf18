#include "downhill/inspect/line_probe.h"

#include <gtest/gtest.h>

#include "downhill/core/error.h"
#include "tests/inspect/landscapes.h"

namespace downhill {
namespace {

using landscapes::leaf;

TEST(LineProbe, FindsTheLowestOfItsPoints) {
  const Tensors p{leaf(Tensor({1, 1}, Type::f64))};
  const auto bowl = [&] { return sum(square(p[0])); };
  const LineProbe found = probe_line(bowl, p, 2, {-1, 0}, {0.5, 1, 1.5, -1});
  EXPECT_EQ(found.distance, 1);
  EXPECT_EQ(found.decrease, 1);
  EXPECT_TRUE(found.falls());
  EXPECT_EQ(p[0].to_vector(), std::vector<double>({1, 1}));
}

TEST(LineProbe, AFallWithinRoundingIsNone) {
  const Tensors p{leaf(Tensor({1}, Type::f32))};
  const auto slope = [&] { return sum(p[0]) * 1e-7 + 1.0; };
  EXPECT_FALSE(probe_line(slope, p, 1.0000001, {-1}, {0.5, 1}).falls());
}

TEST(LineProbe, LeavesOutPointsThatAreNotFinite) {
  const Tensors p{leaf(Tensor({1}, Type::f64))};
  const auto log_p = [&] { return sum(log(p[0])); };
  const LineProbe found = probe_line(log_p, p, 0, {-1}, {0.5, 1, 2});  // log 0.5, log 0, log -1
  EXPECT_EQ(found.distance, 0.5);
  EXPECT_NEAR(found.decrease, 0.6931471805599453, 1e-15);
  EXPECT_FALSE(probe_line(log_p, p, 0, {-1}, {1, 2}).falls());
}

TEST(LineProbe, RefusesADirectionOfAnotherLength) {
  const Tensors p{leaf(Tensor({1}, Type::f64))};
  EXPECT_THROW(probe_line([&] { return sum(p[0]); }, p, 1, {1, 1}, {1}), UsageError);
}

TEST(LineProbe, UnitRoundoffIsThatOfTheCoarsestType) {
  const Tensor narrow({1}, Type::f32), wide({1}, Type::f64);
  EXPECT_EQ(unit_roundoff({wide}), 0x1p-53);
  EXPECT_EQ(unit_roundoff({wide, narrow}), 0x1p-24);
}

}  // namespace
}  // namespace downhill
