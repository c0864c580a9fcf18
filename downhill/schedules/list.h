#pragma once
#include "downhill/core/method_list.h"
#include "downhill/schedules/constant.h"
#include "downhill/schedules/cosine.h"
#include "downhill/schedules/join.h"
#include "downhill/schedules/linear.h"
#include "downhill/schedules/one_cycle.h"
#include "downhill/schedules/scaled.h"
#include "downhill/schedules/warmup.h"

namespace downhill {

/// Every schedule that ships.
// clang-format off
using Schedules = MethodList<
    Constant,
    Linear,
    Cosine,
    OneCycle,
    OneCycleMomentum,
    Warmup,
    Scaled,
    Join>;
// clang-format on
static_assert(Schedules::built_in());

}  // namespace downhill
