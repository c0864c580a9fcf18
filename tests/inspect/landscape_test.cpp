#include "downhill/inspect/landscape.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "downhill/core/error.h"
#include "downhill/inspect/critical_rate.h"
#include "downhill/inspect/directions.h"
#include "tests/inspect/landscapes.h"
#include "tests/inspect/matrices.h"

namespace downhill {
namespace {

using landscapes::leaf;

struct Bowl {  ///< 5 x^2 - y^2 at (a, b)
  Bowl(double a, double b)
      : p{leaf(Tensor::scalar(a, Type::f64)), leaf(Tensor::scalar(b, Type::f64))} {}
  Objective objective() const {
    return Objective([this] { return 5.0 * square(p[0]) - square(p[1]); });
  }
  Tensors p;
};

TEST(Landscape, OfAKnownSaddleOverItsPlane) {
  const Bowl bowl(0.5, -0.25);
  const std::vector<double> x{2, 0}, y{0, 1};
  const std::vector<double> values =
      landscape(bowl.objective(), bowl.p, x, y, {.columns = 5, .rows = 3});
  ASSERT_EQ(values.size(), 15U);
  for (int row = 0; row < 3; ++row)
    for (int column = 0; column < 5; ++column) {
      const double a = 0.5 + 2 * (-1 + 0.5 * column), b = -0.25 + (row - 1);
      EXPECT_NEAR(values[static_cast<std::size_t>(5 * row + column)], 5 * a * a - b * b, 1e-13);
    }
  EXPECT_EQ(bowl.p[0].item(), 0.5);
  EXPECT_EQ(bowl.p[1].item(), -0.25);
}

TEST(Landscape, GoesOnWhereItWasStopped) {
  const Bowl bowl(1, 1);
  const std::vector<double> x{1, 0}, y{0, 1};
  LandscapeOptions options{.columns = 7, .rows = 5};
  const std::vector<double> whole = landscape(bowl.objective(), bowl.p, x, y, options);
  std::stop_source stop;
  options.stop = stop.get_token();
  std::vector<double> saved;
  options.row_done = [&](const std::vector<double>& values) {
    saved = values;
    if (values.size() == 14) stop.request_stop();
  };
  const std::vector<double> part = landscape(bowl.objective(), bowl.p, x, y, options);
  EXPECT_EQ(part.size(), 14U);
  EXPECT_EQ(part, saved);
  EXPECT_EQ(landscape(bowl.objective(), bowl.p, x, y, {.columns = 7, .rows = 5}, part), whole);
}

TEST(Landscape, PlacesAreSymmetricToTheLastBit) {
  for (int i = 0; i < 51; ++i)
    EXPECT_EQ(landscape_place(-0.3, 0.3, 51, i), -landscape_place(-0.3, 0.3, 51, 50 - i));
  EXPECT_EQ(landscape_place(-0.3, 0.3, 51, 25), 0);
  EXPECT_EQ(landscape_place(-0.7, 0.3, 51, 50), 0.3);
}

TEST(Landscape, RefusesWhatIsNoGrid) {
  const Bowl bowl(0, 0);
  const std::vector<double> x{1, 0}, y{0, 1}, wrong{1};
  EXPECT_THROW(landscape(bowl.objective(), bowl.p, x, y, {.columns = 1}), UsageError);
  EXPECT_THROW(landscape(bowl.objective(), bowl.p, x, y, {.x_low = 1, .x_high = 1}), UsageError);
  EXPECT_THROW(landscape(bowl.objective(), bowl.p, wrong, y), UsageError);
}

TEST(Landscape, BarrierBetweenTheTwoMinimaOfADoubleWell) {
  const Tensors p{leaf(Tensor::scalar(7, Type::f64))};
  const Objective well([&] { return square(square(p[0]) - 1); });
  const Barrier found = barrier(well, p, {-1}, {1}, 41);
  EXPECT_NEAR(found.height, 1, 1e-12);
  EXPECT_NEAR(found.at, 0.5, 1e-12);
  EXPECT_EQ(barrier(well, p, {-1}, {-0.8}, 11).height, 0);
  EXPECT_EQ(p[0].item(), 7);
}

TEST(FilterNormalized, RowsHaveTheLengthOfTheirWeights) {
  Random random(2);
  const Tensors p{leaf(random_normal(random, {3, 4}, 0, 1, Type::f64)),
                  leaf(random_normal(random, {3}, 0, 1, Type::f64))};
  const std::vector<double> d = filter_normalized(p, 1), w = flatten(p);
  for (std::size_t row = 0; row < 3; ++row)
    EXPECT_NEAR(flat::length(std::span(d).subspan(4 * row, 4)),
                flat::length(std::span(w).subspan(4 * row, 4)), 1e-12);
  EXPECT_EQ(flat::length(std::span(d).subspan(12, 3)), 0);
  EXPECT_NE(d, filter_normalized(p, 2));
  EXPECT_EQ(d, filter_normalized(p, 1));
}

TEST(TrajectoryPlane, OfACurveInAPlane) {
  // Points (t, t^2, 0) turned into a space of 6 dimensions, the last at the origin of it all.
  const std::vector<double> u{1, 2, 0, 0, 1, 0}, v{0, 0, 3, 1, 0, 1};
  std::vector<std::vector<double>> points;
  for (int i = 9; i >= 0; --i) {
    const double t = 0.3 * i;
    std::vector<double> point{1, 1, 1, 1, 1, 1};
    flat::add(point, t, u);
    flat::add(point, t * t, v);
    points.push_back(point);
  }
  const TrajectoryPlane plane = trajectory_plane(points);
  EXPECT_NEAR(plane.explained_x + plane.explained_y, 1, 1e-12);
  EXPECT_GE(plane.explained_x, plane.explained_y);
  EXPECT_NEAR(flat::dot(plane.x, plane.y), 0, 1e-10);
  ASSERT_EQ(plane.along_x.size(), 10U);
  EXPECT_EQ(plane.along_x.back(), 0);
  for (const double off : plane.off) EXPECT_NEAR(off, 0, 1e-6);
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<double> back = points.back();
    flat::add(back, plane.along_x[i], plane.x);
    flat::add(back, plane.along_y[i], plane.y);
    for (std::size_t k = 0; k < back.size(); ++k) EXPECT_NEAR(back[k], points[i][k], 1e-9);
  }
  EXPECT_THROW(trajectory_plane({points[0], points[1]}), UsageError);
}

TEST(CriticalRate, OfAQuadraticIsTwoOverItsCurvature) {
  for (const double start : {1e-6, 0.1, 1.0, 3e4}) {
    const Tensors p{leaf(Tensor::scalar(3, Type::f64))};
    const Objective parabola([&] { return 4.0 * square(p[0]); });  // curvature 8, gradient 24
    const CriticalRate found = critical_rate(parabola, p, {-24}, {.start = start});
    EXPECT_NEAR(found.rate, 2.0 / 8, 0.04 * 2.0 / 8) << start;
    EXPECT_NEAR(found.sharpness(), 8, 0.04 * 8);
    EXPECT_EQ(p[0].item(), 3);
  }
}

TEST(CriticalRate, UphillAndWithoutEnd) {
  const Tensors p{leaf(Tensor::scalar(3, Type::f64))};
  const Objective slope([&] { return 2.0 * p[0]; });
  EXPECT_EQ(critical_rate(slope, p, {1}).rate, 0);
  EXPECT_TRUE(std::isinf(critical_rate(slope, p, {-1}).rate));
}

}  // namespace
}  // namespace downhill
