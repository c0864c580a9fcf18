#pragma once
#include "downhill/core/method_list.h"
#include "downhill/optim/links/accumulate.h"
#include "downhill/optim/links/adafactor.h"
#include "downhill/optim/links/adam.h"
#include "downhill/optim/links/add_decayed_weights.h"
#include "downhill/optim/links/clip_by_global_norm.h"
#include "downhill/optim/links/ema.h"
#include "downhill/optim/links/lbfgs.h"
#include "downhill/optim/links/learning_rate.h"
#include "downhill/optim/links/momentum.h"
#include "downhill/optim/links/muon.h"
#include "downhill/optim/links/newton_cg.h"
#include "downhill/optim/links/rms.h"
#include "downhill/optim/links/saddle_free.h"
#include "downhill/optim/links/sam.h"
#include "downhill/optim/links/schedule_free.h"
#include "downhill/optim/links/skip_non_finite.h"
#include "downhill/optim/links/slow_weights.h"
#include "downhill/optim/links/strong_wolfe.h"
#include "downhill/optim/links/trust_ratio.h"

namespace downhill {

/// Every link that ships.
// clang-format off
using Links = MethodList<
    ClipByGlobalNorm,
    Accumulate,
    SkipNonFinite,
    Sam,
    ScaleByMomentum,
    ScaleByAdam,
    ScaleByRms,
    ScaleByAdafactor,
    ScaleByMuon,
    ScaleByTrustRatio,
    AddDecayedWeights,
    ScaleByLearningRate,
    ScaleByLbfgs,
    ScaleByNewtonCg,
    ScaleBySaddleFree,
    EscapeSaddle,
    StrongWolfe,
    ScheduleFree,
    SlowWeights,
    Ema>;
// clang-format on
static_assert(Links::built_in());

}  // namespace downhill
