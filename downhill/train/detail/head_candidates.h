#pragma once
#include "downhill/train/detail/head_constants.h"

namespace downhill::detail {

/// On what scale a constant is searched: the target's own, or that of its logarithm or log odds.
enum class Space { target, logarithm, log_odds };

/// What stands in the target's own units, in that space; NaN for what has no place there.
double in_space(double y, Space space);

/// So many quantiles of sorted numbers, in a space, ascending.
Values quantiles_in(const Values& sorted, Space space, std::int64_t count);

/// Candidates for a second constant beside the first, ascending: on the scale of logarithms it is a
/// variance or a scale (squares and sizes of what is between the target and the first constant) or has no
/// unit (a precision, a shape, a dispersion), as log odds never have one.
Values candidates_beside(const Values& sorted, Space first_space, double first, Space space,
                         std::int64_t count);

/// At most `most` rows of a question, evenly spaced in the order of the target.
HeadQuestion fewer_rows(const HeadQuestion& question, std::size_t most);

}  // namespace downhill::detail
