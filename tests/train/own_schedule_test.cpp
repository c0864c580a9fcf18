#include <gtest/gtest.h>

#include <array>

#include "downhill/losses/list.h"
#include "downhill/optim/list.h"
#include "tests/support/points.h"
#include "tests/train/line_model.h"

namespace downhill {
namespace {

// A schedule that no list knows.
struct Restarts {
  std::int64_t every = 10;
  static constexpr const char* name = "restarts";
  static constexpr auto options() {
    return std::array{option<&Restarts::every>("every", kPositive, "steps")};
  }
  double at(std::int64_t step) const { return 0.05 / (1.0 + static_cast<double>(step % every)); }
};

TEST(OwnSchedule, IsTheRateOfFit) {
  const Tensor x = points({64, 2}, 1, -1, 1, Type::f32);
  auto model = one_layer();
  Optimizer optimizer(SGD{.lr = Restarts{.every = 3}, .momentum = 0.5}, model.parameters());
  const FitResult result = fit(model, optimizer, MSE{}, Dataset(x, line_of(x)), nullptr, quick(2));
  EXPECT_EQ(result.ended, Ended::steps_done);
  for (const StepRecord& step : result.log.steps)
    EXPECT_EQ(*step.lr, Restarts{.every = 3}.at(step.step - 1)) << step.step;
  EXPECT_EQ(optimizer.get("lr"), Restarts{.every = 3}.at(result.steps));
  EXPECT_EQ(optimizer.get("momentum"), 0.5);
}

}  // namespace
}  // namespace downhill
