#pragma once
#include "downhill/core/method_list.h"
#include "downhill/optim/adafactor.h"
#include "downhill/optim/adam.h"
#include "downhill/optim/adamw.h"
#include "downhill/optim/lamb.h"
#include "downhill/optim/lbfgs.h"
#include "downhill/optim/lookahead.h"
#include "downhill/optim/muon.h"
#include "downhill/optim/newton_cg.h"
#include "downhill/optim/saddle_free_newton.h"
#include "downhill/optim/schedule_free_adamw.h"
#include "downhill/optim/sgd.h"

namespace downhill {

/// Every optimizer that ships.
// clang-format off
using Optimizers = MethodList<
    SGD,
    Adam,
    AdamW,
    Lamb,
    Adafactor,
    Muon,
    ScheduleFreeAdamW,
    Lookahead,
    Lbfgs,
    NewtonCg,
    SaddleFreeNewton>;
// clang-format on
static_assert(Optimizers::built_in());

}  // namespace downhill
