#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "downhill/metrics/classes.h"
#include "downhill/metrics/numbers.h"

namespace downhill {

/// How sure the figures are: percentile bootstrap (Efron, 1979). As many rows as there are, at most
/// `most_rows`, are drawn with replacement `samples` times; the interval is from the 2.5 % to the
/// 97.5 % quantile of each metric over the samples (linear between neighbours). Beyond `most_rows`
/// one part of so many rows is drawn without replacement and stands for all: the interval's distances
/// from the part's own figure, times sqrt(most_rows / rows), are laid around the figure of all
/// rows, within the metric's range. `ece`, a sum of sizes, grows by drawing: its samples are moved by
/// their mean excess over the figure (Efron and Tibshirani, An Introduction to the Bootstrap, 1993,
/// chapter 10). Samples that do not define a metric are left out; where fewer
/// than half do, or where there is one row only, there is no interval. Same bits for every number of threads.
struct BootstrapOptions {
  std::uint64_t seed = 0;
  std::int64_t samples = 1000;
  std::int64_t most_rows = 20000;
};

/// What a model is worth on some rows.
struct Evaluation {
  std::int64_t rows = 0;
  NamedNumbers metrics = {};
  std::vector<Interval> intervals = {};  ///< of the metrics that have one, in their order
  NamedNumbers baseline = {};            ///< the same metrics of the constant prediction
  std::vector<Undefined> undefined = {};
  std::optional<Confusion> confusion = {};       ///< of up to 1,000 classes
  std::optional<ErrorRates> error_rates = {};    ///< of two classes
  std::vector<CalibrationBin> calibration = {};  ///< of two classes
};

/// `shares`: the constant prediction to hold the model against, one probability per class.
Evaluation evaluate_classes(const ClassRows& rows, std::span<const double> shares,
                            const BootstrapOptions& bootstrap = {});
/// `constant`: the number to hold the model against.
Evaluation evaluate_numbers(const NumberRows& rows, double constant,
                            const BootstrapOptions& bootstrap = {});

}  // namespace downhill
