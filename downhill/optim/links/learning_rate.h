#pragma once
#include "downhill/optim/step.h"
#include "downhill/schedules/hyper.h"

namespace downhill {

/// direction = -lr g: what is added to the parameters when it is the last link.
struct ScaleByLearningRate {
  Hyper lr = 1e-3;

  static constexpr BuiltIn name = "scale_by_learning_rate";
  static constexpr auto options() {
    return std::array{option<&ScaleByLearningRate::lr>("lr", kNonNegative, "learning rate")};
  }
  auto at(const Step& step) const {
    return [rate = -lr.at(step.index) * step.lr_factor](auto g, auto) { return rate * g; };
  }
};

}  // namespace downhill
