#pragma once
#include "downhill/runlog/verdict.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// Share of rows whose largest output is at the label.
double accuracy(const Tensor& outputs, const Tensor& labels);
/// The same for one logit per row: positive where it is above 0.
double binary_accuracy(const Tensor& outputs, const Tensor& labels);

struct RegressionMetrics {
  double rmse;  ///< root of the mean squared error, in units of the target
  double r2;  ///< 1 - squared errors / squared deviations from the mean; NaN for a constant target
};
RegressionMetrics regression_metrics(const Tensor& prediction, const Tensor& target);

}  // namespace downhill
