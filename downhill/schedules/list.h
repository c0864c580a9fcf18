#pragma once
#include "downhill/core/method_list.h"
#include "downhill/schedules/constant.h"
#include "downhill/schedules/cosine.h"
#include "downhill/schedules/join.h"
#include "downhill/schedules/linear.h"
#include "downhill/schedules/scaled.h"
#include "downhill/schedules/warmup.h"

namespace downhill {

/// Every schedule that ships.
using Schedules = MethodList<  //
    Constant,                  //
    Linear,                    //
    Cosine,                    //
    Warmup,                    //
    Scaled,                    //
    Join>;

}  // namespace downhill
