#include "downhill/metrics/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "downhill/core/error.h"
#include "downhill/metrics/detail/number_measure.h"

namespace downhill {
namespace metrics_detail {
namespace {

constexpr std::array<MetricInfo, 4> kMetrics = {{{"rmse", 0, kInfinite},
                                                 {"mae", 0, kInfinite},
                                                 {"median_absolute_error", 0, kInfinite},
                                                 {"r2", -kInfinite, 1}}};
enum : std::size_t { kRmse, kMae, kMedian, kR2 };

void check_rows(const NumberRows& rows, std::size_t predictions) {
  if (rows.predictions.size() != predictions)
    throw_usage("metrics", fmt::format("there are {} predictions for {} targets",
                                       rows.predictions.size(), rows.targets.size()));
  check_weights(rows.weights, rows.targets.size());
  const auto check = [](std::span<const double> values, const char* what) {
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!std::isfinite(values[i]))
        throw_data("metrics", fmt::format("the {} of row {} is {}; expected a finite number", what,
                                          i + 1, values[i]));
  };
  check(rows.predictions, "prediction");
  check(rows.targets, "target");
}

// Divides by the power of two that brings the largest below 1; returns its exponent.
int scale_down(std::vector<double>& values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  int exponent = 0;
  std::frexp(largest, &exponent);
  for (double& value : values) value = std::ldexp(value, -exponent);
  return exponent;
}

// Each part is divided before it is added, so that the sum of large numbers is none.
double mean_of(std::span<const double> values, std::span<const double> weights, double total) {
  double mean = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    mean += values[i] * (weight_at(weights, i) / total);
  return mean;
}

}  // namespace

NumberMeasure::NumberMeasure(const NumberRows& rows, bool constant) {
  const std::size_t n = rows.targets.size();
  check_rows(rows, constant ? 1 : n);
  std::vector<double> errors(n);
  std::vector<Place> order = places_of(n);
  for (std::size_t i = 0; i < n; ++i) {
    errors[i] = std::abs(rows.predictions[constant ? 0 : i] - rows.targets[i]);
    if (!std::isfinite(errors[i]))
      throw_data("metrics", fmt::format("the error of row {} is beyond 1.8e308", i + 1));
  }
  std::ranges::sort(order, [&](Place a, Place b) {
    const double ea = errors[a], eb = errors[b];
    return ea != eb ? ea < eb : a < b;
  });
  std::ranges::sort(errors);  // as by that order: equal errors are one number
  error_ = std::move(errors);
  weights_ = ordered_weights(rows.weights, order);
  target_.reserve(n);
  for (const Place i : order) target_.push_back(rows.targets[i]);
  // Halves, so that the difference of the largest numbers is one.
  const double total = weights_.empty() ? static_cast<double>(n)
                                        : std::accumulate(weights_.begin(), weights_.end(), 0.0);
  const double half_mean = total > 0 ? mean_of(target_, weights_, total) / 2 : 0;
  for (double& target : target_) target = target / 2 - half_mean;
  error_scale_ = scale_down(error_);
  target_scale_ = scale_down(target_) + 1;
}

NumberMeasure NumberMeasure::subset(std::span<const std::int64_t> places) const {
  NumberMeasure part;
  if (!weights_.empty()) part.weights_ = taken(weights_, places);
  part.error_ = taken(error_, places);
  part.target_ = taken(target_, places);
  part.error_scale_ = error_scale_;
  part.target_scale_ = target_scale_;
  return part;
}

std::span<const MetricInfo> NumberMeasure::metrics() const { return kMetrics; }

void NumberMeasure::measure(std::span<const double> weights, std::span<Measured> out) const {
  double total = 0, squares = 0, errors = 0, targets = 0, target_squares = 0;
  double lowest = kInfinite, highest = -kInfinite;
  for (std::size_t i = 0; i < rows(); ++i) {
    const double w = weight_at(weights, i), e = error_[i], y = target_[i];
    if (w == 0) continue;
    total += w;
    errors += w * e;
    squares += w * e * e;
    targets += w * y;
    target_squares += w * y * y;
    lowest = std::min(lowest, y);
    highest = std::max(highest, y);
  }
  if (!(total > 0)) {
    std::ranges::fill(out, Measured{0, kNoWeight});
    return;
  }
  out[kRmse] = {std::ldexp(std::sqrt(squares / total), error_scale_)};
  out[kMae] = {std::ldexp(errors / total, error_scale_)};
  out[kMedian] = {std::ldexp(median(weights, total), error_scale_)};
  const double spread = target_squares - targets * (targets / total);
  if (!(lowest < highest) || !(spread > 0)) out[kR2] = {0, "the target does not vary"};
  else out[kR2] = {1 - std::ldexp(squares / spread, 2 * (error_scale_ - target_scale_))};
}

// The errors ascend. Where the weight below reaches exactly half, the next error counts as well.
double NumberMeasure::median(std::span<const double> weights, double total) const {
  double below = 0;
  for (std::size_t i = 0; i < rows(); ++i) {
    below += weight_at(weights, i);
    if (2 * below < total) continue;
    if (2 * below > total) return error_[i];
    for (std::size_t next = i + 1; next < rows(); ++next)
      if (weight_at(weights, next) > 0) return (error_[i] + error_[next]) / 2;
  }
  return error_.back();
}

}  // namespace metrics_detail

Figures number_metrics(const NumberRows& rows) {
  const metrics_detail::NumberMeasure measure(rows);
  std::vector<metrics_detail::Measured> measured(measure.metrics().size());
  measure.measure(measure.weights(), measured);
  return metrics_detail::figures_of(measure.metrics(), measured);
}

}  // namespace downhill
