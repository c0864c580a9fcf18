#pragma once
#include <string_view>

#include "downhill/tensor/tensor.h"

namespace downhill::cli {

/// Numbers as JSON text, one or nested lists: "[[1, 2], [3, 4]]" is a (2, 2) float64 tensor. What
/// is not finite is "nan", "inf" or "-inf". DataError for ragged lists, more than 8 levels, and
/// everything else that is no such text.
Tensor parse_json_numbers(std::string_view text);

}  // namespace downhill::cli
