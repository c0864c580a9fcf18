#pragma once
#include "downhill/train/head.h"

namespace downhill::detail {

/// find_head for a number as target.
Head head_of_numbers(const HeadQuestion& question);
/// find_head for classes.
Head head_of_classes(const HeadQuestion& question);

}  // namespace downhill::detail
