#pragma once
#include "downhill/core/method_list.h"
#include "downhill/optim/links/adam.h"
#include "downhill/optim/links/add_decayed_weights.h"
#include "downhill/optim/links/clip_by_global_norm.h"
#include "downhill/optim/links/lbfgs.h"
#include "downhill/optim/links/learning_rate.h"
#include "downhill/optim/links/momentum.h"
#include "downhill/optim/links/newton_cg.h"
#include "downhill/optim/links/strong_wolfe.h"

namespace downhill {

/// Every link that ships.
// clang-format off
using Links = MethodList<
    ClipByGlobalNorm,
    ScaleByMomentum,
    ScaleByAdam,
    AddDecayedWeights,
    ScaleByLearningRate,
    ScaleByLbfgs,
    ScaleByNewtonCg,
    StrongWolfe>;
// clang-format on

}  // namespace downhill
