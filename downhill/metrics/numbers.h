#pragma once
#include <span>

#include "downhill/metrics/figures.h"

namespace downhill {

/// Rows whose target is a number. DataError for a prediction or target that is not finite, a
/// weight that is negative or not finite (naming the row); UsageError for sizes that do not fit.
struct NumberRows {
  std::span<const double> predictions, targets;  ///< (rows), in the target's units
  std::span<const double> weights = {};          ///< (rows), or empty: 1 each
};

/// With e = prediction - target and W the sum of weights:
///
///     rmse                   sqrt(sum w e^2 / W)
///     mae                    sum w |e| / W
///     median_absolute_error  the weighted median of |e|: half of W lies on either side; the mean
///                            of two values where the border falls between them
///     r2                     1 - sum w e^2 / sum w (target - mean)^2, mean the weighted one
///
/// Undefined: all where W is 0; r2 where the targets do not vary. The values are scikit-learn's
/// (1.2), but for a weighted median whose border falls between two rows (it takes the lower one).
Figures number_metrics(const NumberRows& rows);

}  // namespace downhill
