#pragma once
#include "downhill/core/options.h"

namespace downhill {

// What options that many optimizers share are called, and what they mean.

inline constexpr Words kLearningRate{"lr", kNonNegative, "learning rate"};
inline constexpr Words kBeta1{"beta1", kFraction, "memory of the mean gradient"};
inline constexpr Words kBeta2{"beta2", kFraction, "memory of its square"};
inline constexpr Words kEps{"eps", kNonNegative, "added to the root, in gradient units"};
inline constexpr Words kMomentum{"momentum", kUnit, "share of the last direction that is kept"};
inline constexpr Words kDampening{"dampening", kUnit, "share of the gradient that is held back"};
inline constexpr Words kNesterov{"nesterov", kFinite, "look ahead along the momentum"};
inline constexpr Words kL2{"weight_decay", kNonNegative, "L2 regularisation"};
inline constexpr Words kDecoupledDecay{"weight_decay", kNonNegative, "decoupled decay, times lr"};
inline constexpr Words kFirstTrial{"lr", kPositive, "first trial step of a search"};
inline constexpr Words kHistory{"history", kCount, "pairs that are remembered"};
inline constexpr Words kC1{"c1", Range{0, 1, true, true}, "sufficient decrease"};
inline constexpr Words kC2{"c2", Range{0, 1, true, true}, "curvature condition"};
inline constexpr Words kMaxTrials{"max_trials", kCount, "evaluations of one search"};

}  // namespace downhill
