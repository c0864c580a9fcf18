#pragma once
#include <string>

#include "downhill/losses/class_rules.h"
#include "downhill/losses/detail/fused.h"

namespace downhill::detail {

/// Which axis of the prediction holds the classes. Labels have the prediction's shape without that
/// axis, soft targets the whole: the axis (1 or the last) is the one that fits the labels; where
/// both fit, and for soft targets of rank above 2, `rules.axis` must say it. UsageError if a type,
/// shape, label or class weight does not fit, naming it.
int class_axis(const std::string& name, const LossInputs& in, const ClassRules& rules);

/// The same axis, of inputs that have been checked.
int known_class_axis(const LossInputs& in, const ClassRules& rules);

}  // namespace downhill::detail
