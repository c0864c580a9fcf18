#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "downhill/metrics/detail/measured.h"
#include "downhill/metrics/numbers.h"

namespace downhill::metrics_detail {

/// Rows of numbers, ready to be measured under many weights: sorted by the size of their error, so
/// that a median is one walk. Errors and targets are kept divided by powers of two, so that no square
/// overflows.
class NumberMeasure {
 public:
  /// Checks the rows. `constant`: one prediction that holds for all.
  explicit NumberMeasure(const NumberRows& rows, bool constant = false);

  std::span<const MetricInfo> metrics() const;
  std::size_t rows() const { return error_.size(); }
  /// In the order of the walk; empty where all are 1.
  std::span<const double> weights() const { return weights_; }
  void measure(std::span<const double> weights, std::span<Measured> out) const;
  NumberMeasure subset(std::span<const std::int64_t> places) const;

 private:
  NumberMeasure() = default;
  double median(std::span<const double> weights, double total) const;

  std::vector<double> weights_;
  std::vector<double> error_;   // |prediction - target| / 2^error_scale_, ascending
  std::vector<double> target_;  // (target - mean) / 2^target_scale_
  int error_scale_ = 0, target_scale_ = 0;
};

}  // namespace downhill::metrics_detail
