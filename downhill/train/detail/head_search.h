#pragma once
#include "downhill/train/head.h"

namespace downhill::detail {

/// find_head for a number as target.
Head head_of_numbers(const HeadQuestion& question);

}  // namespace downhill::detail
