#pragma once
#include "downhill/optim/method.h"

namespace downhill {

/// The optimizer with a schedule on its learning rate: lr times the schedule's value at each step.
/// UsageError if the optimizer has no rate that can be scheduled (a line search chooses its own).
Method scale_lr(const Method& method, const Schedule& factor);

}  // namespace downhill
