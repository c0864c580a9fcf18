#pragma once
#include "downhill/optim/step.h"
#include "downhill/schedules/hyper.h"

namespace downhill {

/// direction = g + weight_decay p. Before an adaptive link it is L2 regularisation; after it, the
/// decay is decoupled (and scaled by the rate that follows).
struct AddDecayedWeights {
  Hyper weight_decay = 0.01;

  static constexpr BuiltIn name = "add_decayed_weights";
  static constexpr auto options() {
    return std::array{option<&AddDecayedWeights::weight_decay>("weight_decay", kNonNegative,
                                                               "pull of the weights to 0")};
  }
  struct Formula {
    double decay;
    constexpr auto operator()(auto g, auto p) const { return g + decay * p; }
  };
  Formula at(const Step& step) const { return {weight_decay.at(step.index)}; }
};

}  // namespace downhill
