#pragma once
#include "downhill/optim/step.h"
#include "downhill/optim/words.h"
#include "downhill/schedules/hyper.h"

namespace downhill {

/// direction = -lr g: what is added to the parameters when it is the last link.
struct ScaleByLearningRate {
  Hyper lr = 1e-3;

  static constexpr BuiltIn name = "scale_by_learning_rate";
  static constexpr const char* rate = "lr";
  static constexpr auto options() {
    return std::array{option<&ScaleByLearningRate::lr>(kLearningRate)};
  }
  struct Formula {
    double factor;
    constexpr auto operator()(auto g, auto) const { return factor * g; }
  };
  Formula at(const Step& step) const { return {-lr.at(step.index) * step.lr_factor}; }
};

}  // namespace downhill
