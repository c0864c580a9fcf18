#include "downhill/inspect/kink.h"

#include <gtest/gtest.h>

#include <cmath>

#include "downhill/inspect/stationarity.h"
#include "tests/inspect/landscapes.h"

namespace downhill {
namespace {

using namespace landscapes;

std::string state_at(double x, double y, const auto& f) { return stands_at(x, y, f).stands; }

// The exact penalty of x + y on the circle of radius sqrt(2): least at (-1, -1).
Tensor penalty(const Tensor& x, const Tensor& y) {
  return x + y + 10.0 * abs(square(x) + square(y) - 2.0);
}

TEST(Kink, WhereTheSidesHoldEachOtherIsAMinimum) {
  const auto diamond = [](const Tensor& x, const Tensor& y) { return abs(x) + abs(y); };
  for (const double x : {1e-13, -1e-13})
    for (const double y : {1e-13, -3e-12}) {
      const Stands s = stands_at(x, y, diamond);
      EXPECT_EQ(s.stands, "minimum") << explain(s);
      EXPECT_NE(s.reason.find("hold each other"), std::string::npos) << s.reason;
    }
  EXPECT_EQ(state_at(-1, -1 + 1e-13, penalty), "minimum");
  const auto bowl = [](const Tensor& x, const Tensor& y) {
    return abs(x) - 0.3 * y + square(y) + 1.0;
  };
  EXPECT_EQ(state_at(1e-13, 0.15, bowl), "minimum");
}

TEST(Kink, WhereTheyLeadDownTogetherIsDescending) {
  // On the circle, where the penalty lets no step down the gradient fall.
  for (const double angle : {0.4, -1.0, 2.0}) {
    const double x = std::sqrt(2) * std::cos(angle), y = std::sqrt(2) * std::sin(angle);
    const Stands s = stands_at(x, y, penalty);
    EXPECT_EQ(s.stands, "descending") << explain(s);
  }
  const Stands s = stands_at(1.2677165765959286, 0.6268131152296503, penalty);
  EXPECT_NE(s.reason.find("at a kink"), std::string::npos) << explain(s);
}

// A way along a bent kink is walked in short steps: it ends nowhere in twenty.
TEST(Kink, AWayThatIsNotAtItsEndIsNoMinimum) {
  const auto bent = [](const Tensor& x, const Tensor& y) {
    return 100.0 * abs(y - square(x)) + 0.1 * abs(1.0 - x);
  };
  EXPECT_NE(state_at(-1, 1, bent), "minimum");
  const auto endless = [](const Tensor& x, const Tensor& y) {
    return 1000.0 * abs(y - sin(x)) + 0.01 * x;
  };
  EXPECT_NE(state_at(1, std::sin(1.0), endless), "minimum");
}

TEST(Kink, WhereNoStepFallsIsUnknown) {
  const auto bukin = [](const Tensor& x, const Tensor& y) {
    return 100.0 * sqrt(abs(y - 0.01 * square(x))) + 0.01 * abs(x + 10.0);
  };
  const Stands s = stands_at(-9, 0.8100000000000003, bukin);
  EXPECT_EQ(s.stands, "unknown") << explain(s);
  EXPECT_NE(s.reason.find("at a kink"), std::string::npos) << s.reason;
}

TEST(Kink, CurvatureIsNoKink) {
  const Tensor x = Tensor::scalar(1, Type::f64).requires_grad(true);
  const Objective steep([&] { return 1e9 * square(x); });
  const LocalModel here = local_model(steep, {x});
  EXPECT_FALSE(is_kink(steep, {x}, here, 1.5, 2e9, 0)) << "over the floor and up the other wall";
  EXPECT_TRUE(is_kink(steep, {x}, here, 2, 0, 0)) << "nothing explains the rise";
  EXPECT_EQ(x.item(), 1);
}

// In four dimensions a kink has many sides.
TEST(Kink, OfManySides) {
  const Tensor x = Tensor::from(std::vector<double>{1e-9, -1e-9, 5e-6, 0.5}).requires_grad(true);
  const Objective f([&] { return sum(abs(x) * Tensor::from(std::vector<double>{4, 3, 2, 1})); });
  const KinkWalk walk =
      walk_from_kink(f, {x}, local_model(f, {x}),
                     {.radius = 1e-5, .distances = {1e-5, 1e-3, 0.1, 0.5, 1}, .enough = 0.4});
  EXPECT_GE(walk.sides, 3);
  EXPECT_NEAR(walk.slope, 1, 1e-6) << "only the last coordinate leads down";
  EXPECT_NEAR(walk.fall, 0.5, 1e-4);
}

// The floor of a narrow valley that bends down too weakly for a saddle, while the walls hide the fall
// along the gradient.
TEST(Kink, AValleysFloorIsNoMinimum) {
  const auto rosenbrock = [](const Tensor& x, const Tensor& y) {
    return square(1.0 - x) + 100.0 * square(y - square(x));
  };
  for (const auto& [x, y] : {std::pair(-1.0272715665664, 1.0642086720000001),
                             {-0.9677942051434604, 0.9418634979439907},
                             {-1.0304634103514507, 1.073354204456861},
                             {-1.0582320730911616, 1.1309255482922966}}) {
    const Stands s = stands_at(x, y, rosenbrock);
    EXPECT_EQ(s.stands, "descending") << explain(s);
  }
  EXPECT_EQ(state_at(1, 1, rosenbrock), "minimum");
}

}  // namespace
}  // namespace downhill
