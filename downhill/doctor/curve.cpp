#include "downhill/doctor/curve.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace downhill {
namespace {

constexpr std::size_t kMostPoints = 400;

Curve condense(Curve curve) {
  const std::size_t count = curve.size();
  if (count <= kMostPoints) return curve;
  Curve out;
  out.unit = "group of " + curve.unit + "s";
  std::vector<double> group;
  for (std::size_t i = 0; i < kMostPoints; ++i) {
    const std::size_t begin = i * count / kMostPoints, end = (i + 1) * count / kMostPoints;
    group.clear();
    for (std::size_t k = begin; k < end; ++k) group.push_back(curve.points[k].loss);
    const auto& last = curve.points[end - 1];
    out.points.push_back({last.epoch, last.step, median(group)});
  }
  return out;
}

template <class Records>
Curve finite_points(const Records& records, const std::string& split, const char* unit) {
  Curve curve;
  curve.unit = unit;
  for (const auto& record : records)
    if (record.split == split && std::isfinite(record.loss))
      curve.points.push_back({record.epoch, record.step, record.loss});
  return curve;
}

}  // namespace

std::vector<double> Curve::losses() const {
  std::vector<double> values;
  for (const auto& point : points) values.push_back(point.loss);
  return values;
}

Curve train_curve(const RunLog& log, std::size_t enough) {
  Curve epochs = finite_points(log.epochs, "train", "epoch");
  if (epochs.size() >= enough) return condense(std::move(epochs));
  Curve steps = finite_points(log.steps, "train", "step");
  return condense(steps.size() > epochs.size() ? std::move(steps) : std::move(epochs));
}

Curve validation_curve(const RunLog& log) {
  Curve epochs = finite_points(log.epochs, "validation", "epoch");
  if (!epochs.empty()) return condense(std::move(epochs));
  return condense(finite_points(log.steps, "validation", "step"));
}

double median(std::span<const double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : 0.5 * sorted[half - 1] + 0.5 * sorted[half];
}

std::vector<double> smoothed(std::span<const double> values) {
  std::vector<double> out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t begin = i > 0 ? i - 1 : 0;
    const std::size_t end = std::min(i + 2, values.size());
    out.push_back(median(values.subspan(begin, end - begin)));
  }
  return out;
}

double theil_sen_slope(std::span<const double> values) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t k = i + 1; k < values.size(); ++k)
      slopes.push_back((values[k] - values[i]) / static_cast<double>(k - i));
  return slopes.empty() ? 0 : median(slopes);
}

double mann_kendall_z(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  if (values.size() < 3) return 0;
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t k = i + 1; k < values.size(); ++k)
      sum += values[k] > values[i] ? 1 : (values[k] < values[i] ? -1 : 0);
  const double deviation = std::sqrt(n * (n - 1) * (2 * n + 5) / 18);
  return sum == 0 ? 0 : (sum - (sum > 0 ? 1 : -1)) / deviation;
}

double needed_z(std::size_t count, double significance) {
  const auto n = static_cast<double>(count);
  const double largest = (n * (n - 1) / 2 - 1) / std::sqrt(n * (n - 1) * (2 * n + 5) / 18);
  return std::min(significance, largest);
}

double noise_of(std::span<const double> values) {
  std::vector<double> bends;
  for (std::size_t i = 2; i < values.size(); ++i)
    bends.push_back(std::abs(values[i] - 2 * values[i - 1] + values[i - 2]));
  return bends.empty() ? 0 : 1.4826 * median(bends) / std::sqrt(6.0);
}

double loss_scale(std::span<const double> losses, double level, double zero_loss) {
  if (losses.empty()) return std::abs(level);
  const double start = median(losses.first(std::min<std::size_t>(3, losses.size())));
  const auto smooth = smoothed(losses);
  const double low = *std::min_element(smooth.begin(), smooth.end());
  return std::max(std::abs(level), low < 0 ? start - low : zero_loss * start);
}

}  // namespace downhill
