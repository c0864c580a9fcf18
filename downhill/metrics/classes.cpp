#include "downhill/metrics/classes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/metrics/detail/class_measure.h"

namespace downhill {
namespace {

double weight_of(const ClassRows& rows, std::size_t row) {
  return rows.weights.empty() ? 1.0 : rows.weights[row];
}

std::int64_t decided(const ClassRows& rows, std::size_t row) {
  const auto width = static_cast<std::size_t>(rows.classes);
  return metrics_detail::decided_class(rows.probabilities.subspan(row * width, width),
                                       rows.threshold);
}

std::optional<double> share(double part, double whole) {
  return whole > 0 ? std::optional(part / whole) : std::nullopt;
}

}  // namespace

Figures class_metrics(const ClassRows& rows) {
  const metrics_detail::ClassMeasure measure(rows);
  std::vector<metrics_detail::Measured> measured(measure.metrics().size());
  measure.measure(measure.weights(), measured);
  return metrics_detail::figures_of(measure.metrics(), measured);
}

std::vector<std::int64_t> predicted_classes(const ClassRows& rows) {
  metrics_detail::check_class_rows(rows);
  std::vector<std::int64_t> classes;
  classes.reserve(rows.labels.size());
  for (std::size_t i = 0; i < rows.labels.size(); ++i) classes.push_back(decided(rows, i));
  return classes;
}

std::optional<double> Confusion::recall(std::int64_t label) const {
  double all = 0;
  for (std::int64_t k = 0; k < classes; ++k) all += at(label, k);
  return share(at(label, label), all);
}

std::optional<double> Confusion::precision(std::int64_t predicted) const {
  double all = 0;
  for (std::int64_t k = 0; k < classes; ++k) all += at(k, predicted);
  return share(at(predicted, predicted), all);
}

Confusion confusion_matrix(const ClassRows& rows) {
  metrics_detail::check_class_rows(rows);
  const auto width = static_cast<std::size_t>(rows.classes);
  Confusion confusion{rows.classes, std::vector<double>(width * width)};
  for (std::size_t i = 0; i < rows.labels.size(); ++i)
    confusion.counts[static_cast<std::size_t>(rows.labels[i] * rows.classes + decided(rows, i))] +=
        weight_of(rows, i);
  return confusion;
}

ErrorRates error_rates(const Confusion& confusion) {
  if (confusion.classes != 2)
    throw_usage("error_rates",
                fmt::format("there are {} classes; expected two", confusion.classes));
  const double all0 = confusion.at(0, 0) + confusion.at(0, 1),
               all1 = confusion.at(1, 0) + confusion.at(1, 1);
  return {share(confusion.at(1, 0), all1), share(confusion.at(0, 1), all0)};
}

std::vector<CalibrationBin> calibration(const ClassRows& rows, std::int64_t bins) {
  metrics_detail::check_class_rows(rows);
  if (rows.classes != 2 || bins < 1)
    throw_usage("calibration",
                fmt::format("there are {} classes and {} bins; expected two classes and at least "
                            "one bin",
                            rows.classes, bins));
  const auto count = static_cast<double>(bins);
  std::vector<CalibrationBin> all(static_cast<std::size_t>(bins));
  for (std::size_t i = 0; i < rows.labels.size(); ++i) {
    const double p = rows.probabilities[2 * i + 1], w = weight_of(rows, i);
    CalibrationBin& bin =
        all[static_cast<std::size_t>(std::clamp(std::ceil(p * count) - 1, 0.0, count - 1))];
    bin.weight += w;
    bin.predicted += w * p;
    bin.observed += rows.labels[i] == 1 ? w : 0;
  }
  for (std::size_t b = 0; b < all.size(); ++b) {
    all[b].low = static_cast<double>(b) / count;
    all[b].high = static_cast<double>(b + 1) / count;
    all[b].predicted /= all[b].weight;
    all[b].observed /= all[b].weight;
  }
  std::erase_if(all, [](const CalibrationBin& bin) { return !(bin.weight > 0); });
  return all;
}

}  // namespace downhill
