#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "downhill/metrics/figures.h"

namespace downhill {

/// Rows whose class was predicted. A row's predicted class is the one with the largest probability,
/// the first of equals; with a `threshold` (two classes) it is 1 where probability 1 is above it.
///
/// All functions throw DataError for a label outside of 0 .. classes-1, a probability outside of
/// 0 .. 1 or NaN, a weight that is negative or not finite (naming the row), and UsageError for
/// sizes that do not fit. Probabilities are taken as they are: rows are not divided by their sum.
struct ClassRows {
  std::int64_t classes = 2;
  std::span<const double> probabilities;  ///< (rows, classes), row by row
  std::span<const std::int64_t> labels;   ///< (rows)
  std::span<const double> weights = {};   ///< (rows), or empty: 1 each
  std::optional<double> threshold = {};   ///< of class 1; two classes only
};

/// With W the sum of weights and sums over rows i of weight w:
///
///     accuracy           sum of w over rows predicted right / W
///     balanced_accuracy  mean recall of the classes that occur
///     macro_f1           mean of 2 tp / (2 tp + fp + fn) over classes that occur or are predicted
///     log_loss           -sum w log p(label) / W, p clipped to 2^-52 .. 1 - 2^-52
///
/// and for two classes, with p the probability of class 1 and y 0 or 1:
///
///     auc                P(p of a row of class 1 > p of a row of class 0) + half that of equals
///     average_precision  sum over thresholds of (recall - recall before) precision; equal p are
///                        one threshold
///     brier              sum w (p - y)^2 / W
///     ece                sum over 15 bins of |sum over the bin's rows of w (right - top)| / W, top
///                        the largest probability, right whether its class (without `threshold`) is
///                        the label; bin b holds (b/15, (b+1)/15] (Guo et al., On calibration of
///                        modern neural networks, ICML 2017, eq. 3)
///
/// Undefined: all where W is 0; auc and average_precision where not both classes occur. The values
/// are scikit-learn's (1.2), which has no ece.
Figures class_metrics(const ClassRows& rows);

/// The class that each row is predicted as.
std::vector<std::int64_t> predicted_classes(const ClassRows& rows);

/// counts[label * classes + predicted]: sums of weights.
struct Confusion {
  std::int64_t classes = 0;
  std::vector<double> counts = {};

  double at(std::int64_t label, std::int64_t predicted) const {
    return counts[static_cast<std::size_t>(label * classes + predicted)];
  }
  /// Share of a class's rows that were predicted as it; none where it does not occur.
  std::optional<double> recall(std::int64_t label) const;
  /// Share of the rows predicted as a class that are of it; none where none was.
  std::optional<double> precision(std::int64_t predicted) const;
};
Confusion confusion_matrix(const ClassRows& rows);

/// Of two classes: the share of class 1 that is predicted as 0, and of class 0 predicted as 1. None
/// where that class does not occur.
struct ErrorRates {
  std::optional<double> missed = {}, false_alarms = {};
};
ErrorRates error_rates(const Confusion& confusion);

/// Rows whose predicted probability of class 1 lies in (low, high], the first bin with 0 (two
/// classes): the mean of the probability, and the share of them that is of class 1.
struct CalibrationBin {
  double low = 0, high = 1;
  double weight = 0;  ///< sum of the rows' weights
  double predicted = 0, observed = 0;
};
/// The bins of equal width that hold weight.
std::vector<CalibrationBin> calibration(const ClassRows& rows, std::int64_t bins = 15);

}  // namespace downhill
