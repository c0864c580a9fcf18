#pragma once
#include "downhill/core/options.h"
#include "downhill/tensor/tensor.h"

namespace downhill::detail {

/// The cosine of the angle of each row of `a` with that of `b`; 0 with a row of zeros.
Tensor cosines(const Tensor& a, const Tensor& b);

/// UsageError if `a` is no matrix, or `b` not of its shape.
void check_rows(const char* loss, const char* name_a, const Tensor& a, const char* name_b,
                const Tensor& b);
/// UsageError if a target is not of the rows' type, one for each, in the range (of signs no 0).
void check_row_targets(const char* loss, const char* name, const Tensor& target, const Tensor& rows,
                       const Range& range);

}  // namespace downhill::detail
