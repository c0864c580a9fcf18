#include "downhill/metrics/detail/class_measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "downhill/core/error.h"

namespace downhill::metrics_detail {
namespace {

constexpr std::size_t kBins = 15;
constexpr double kClip = 0x1p-52;
constexpr std::array<MetricInfo, 8> kMetrics = {{{"accuracy"},
                                                 {"balanced_accuracy"},
                                                 {"macro_f1"},
                                                 {"log_loss", 0, kInfinite},
                                                 {"auc"},
                                                 {"average_precision"},
                                                 {"brier"},
                                                 {.name = "ece", .grows_by_drawing = true}}};
enum : std::size_t { kAccuracy, kBalanced, kMacroF1, kLogLoss, kAuc, kPrecision, kBrier, kEce };

void check_rows(const ClassRows& rows, std::size_t probabilities) {
  if (rows.classes < 1)
    throw_usage("metrics", fmt::format("classes is {}; expected 1 or more", rows.classes));
  if (rows.probabilities.size() != probabilities)
    throw_usage("metrics",
                fmt::format("there are {} probabilities for {} labels of {} classes",
                            rows.probabilities.size(), rows.labels.size(), rows.classes));
  if (rows.threshold && rows.classes != 2)
    throw_usage("metrics",
                fmt::format("a threshold is for two classes, there are {}", rows.classes));
  if (rows.threshold && std::isnan(*rows.threshold))
    throw_usage("metrics", "the threshold is nan; expected a probability");
  check_weights(rows.weights, rows.labels.size());
  for (std::size_t i = 0; i < rows.labels.size(); ++i)
    if (rows.labels[i] < 0 || rows.labels[i] >= rows.classes)
      throw_data("metrics", fmt::format("the label of row {} is {}; expected 0 to {}", i + 1,
                                        rows.labels[i], rows.classes - 1));
  for (std::size_t i = 0; i < rows.probabilities.size(); ++i)
    if (!(rows.probabilities[i] >= 0 && rows.probabilities[i] <= 1))
      throw_data("metrics", fmt::format("a probability of row {} is {}; expected 0 to 1",
                                        i / static_cast<std::size_t>(rows.classes) + 1,
                                        rows.probabilities[i]));
}

std::uint8_t bin_of(double top) {
  const double bin = std::ceil(top * static_cast<double>(kBins)) - 1;
  return static_cast<std::uint8_t>(std::clamp(bin, 0.0, static_cast<double>(kBins - 1)));
}

}  // namespace

void check_class_rows(const ClassRows& rows) {
  check_rows(
      rows, rows.labels.size() * static_cast<std::size_t>(std::max<std::int64_t>(rows.classes, 0)));
}

std::int32_t decided_class(std::span<const double> p, const std::optional<double>& threshold) {
  if (threshold) return p[1] > *threshold ? 1 : 0;
  return static_cast<std::int32_t>(std::ranges::max_element(p) - p.begin());
}

struct ClassMeasure::Sums {
  explicit Sums(std::size_t classes) : right(classes), label(classes), predicted(classes) {}
  std::vector<double> right, label, predicted;  // weights by class
};

ClassMeasure::ClassMeasure(const ClassRows& rows, bool constant) : classes_(rows.classes) {
  const std::size_t n = rows.labels.size();
  const auto k = static_cast<std::size_t>(std::max<std::int64_t>(rows.classes, 0));
  check_rows(rows, constant ? k : n * k);
  const std::size_t stride = constant ? 0 : k;
  const auto row = [&](Place i) { return rows.probabilities.subspan(i * stride, k); };
  std::vector<Place> order = places_of(n);
  const bool two = classes_ == 2;
  if (two && !constant)
    std::ranges::sort(order, [&](Place a, Place b) {
      return row(a)[1] != row(b)[1] ? row(a)[1] > row(b)[1] : a < b;
    });
  weights_ = ordered_weights(rows.weights, order);
  label_.reserve(n);
  predicted_.reserve(n);
  surprise_.reserve(n);
  if (two) {
    tied_.reserve(n);
    square_.reserve(n);
    bin_.reserve(n);
    right_excess_.reserve(n);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const std::span<const double> p = row(order[i]);
    const auto label = static_cast<std::int32_t>(rows.labels[order[i]]);
    label_.push_back(label);
    predicted_.push_back(decided_class(p, rows.threshold));
    surprise_.push_back(
        -std::log(std::clamp(p[static_cast<std::size_t>(label)], kClip, 1 - kClip)));
    if (!two) continue;
    tied_.push_back(i > 0 && p[1] == row(order[i - 1])[1] ? 1 : 0);
    const double error = p[1] - static_cast<double>(label), top = std::max(p[0], p[1]);
    square_.push_back(error * error);
    bin_.push_back(bin_of(top));
    right_excess_.push_back((decided_class(p, {}) == label ? 1.0 : 0.0) - top);
  }
}

ClassMeasure ClassMeasure::subset(std::span<const std::int64_t> places) const {
  ClassMeasure part;
  part.classes_ = classes_;
  if (!weights_.empty()) part.weights_ = taken(weights_, places);
  part.label_ = taken(label_, places);
  part.predicted_ = taken(predicted_, places);
  part.surprise_ = taken(surprise_, places);
  if (classes_ != 2) return part;
  // Two rows are tied if all are from the one to the other.
  for (std::size_t k = 0; k < places.size(); ++k) {
    const auto end = tied_.begin() + places[k] + 1;
    const bool tied = k > 0 && std::find(tied_.begin() + places[k - 1] + 1, end, 0) == end;
    part.tied_.push_back(tied ? 1 : 0);
  }
  part.square_ = taken(square_, places);
  part.bin_ = taken(bin_, places);
  part.right_excess_ = taken(right_excess_, places);
  return part;
}

std::span<const MetricInfo> ClassMeasure::metrics() const {
  return std::span(kMetrics).first(classes_ == 2 ? kMetrics.size() : kAuc);
}

void ClassMeasure::measure(std::span<const double> weights, std::span<Measured> out) const {
  Sums sums(static_cast<std::size_t>(classes_));
  double surprise = 0;
  for (std::size_t i = 0; i < rows(); ++i) {
    const double w = weight_at(weights, i);
    const auto label = static_cast<std::size_t>(label_[i]),
               predicted = static_cast<std::size_t>(predicted_[i]);
    sums.label[label] += w;
    sums.predicted[predicted] += w;
    if (label == predicted) sums.right[label] += w;
    surprise += w * surprise_[i];
  }
  const double total = std::accumulate(sums.label.begin(), sums.label.end(), 0.0);
  if (!(total > 0)) {
    std::ranges::fill(out, Measured{0, kNoWeight});
    return;
  }
  by_class(sums, total, out);
  out[kLogLoss] = {surprise / total};
  if (classes_ != 2) return;
  of_probability(weights, total, out);
  if (sums.label[0] > 0 && sums.label[1] > 0) return by_rank(weights, out);
  out[kAuc] = out[kPrecision] = {0, "the rows are of one class"};
}

void ClassMeasure::by_class(const Sums& sums, double total, std::span<Measured> out) const {
  double right = 0, recalls = 0, scores = 0, occur = 0, scored = 0;
  for (std::size_t k = 0; k < sums.label.size(); ++k) {
    const double both = sums.label[k] + sums.predicted[k];
    right += sums.right[k];
    if (sums.label[k] > 0) recalls += sums.right[k] / sums.label[k], ++occur;
    if (both > 0) scores += 2 * sums.right[k] / both, ++scored;
  }
  out[kAccuracy] = {right / total};
  out[kBalanced] = {recalls / occur};
  out[kMacroF1] = {scores / scored};
}

// From high to low: `above` is what has a higher probability than the rows of this rank.
void ClassMeasure::by_rank(std::span<const double> weights, std::span<Measured> out) const {
  double above0 = 0, above1 = 0, pairs = 0, precision = 0;
  for (std::size_t i = 0; i < rows();) {
    double here[2] = {0, 0};
    do {
      here[label_[i]] += weight_at(weights, i);
    } while (++i < rows() && tied_[i] != 0);
    pairs += here[0] * (above1 + here[1] / 2);
    above0 += here[0];
    above1 += here[1];
    if (here[1] > 0) precision += here[1] * (above1 / (above0 + above1));
  }
  out[kAuc] = {pairs / (above0 * above1)};
  out[kPrecision] = {precision / above1};
}

void ClassMeasure::of_probability(std::span<const double> weights, double total,
                                  std::span<Measured> out) const {
  double squares = 0;
  std::array<double, kBins> excess{};
  for (std::size_t i = 0; i < rows(); ++i) {
    const double w = weight_at(weights, i);
    squares += w * square_[i];
    excess[bin_[i]] += w * right_excess_[i];
  }
  double errors = 0;
  for (const double bin : excess) errors += std::abs(bin);
  out[kBrier] = {squares / total};
  out[kEce] = {errors / total};
}

}  // namespace downhill::metrics_detail
