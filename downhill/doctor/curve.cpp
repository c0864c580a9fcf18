#include "downhill/doctor/curve.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace downhill {
namespace {

constexpr std::size_t kMostPoints = 400;
constexpr double kSignificance = 3;  // |z| of a trend, as in control charts

Curve condense(Curve curve) {
  const std::size_t count = curve.size();
  if (count <= kMostPoints) return curve;
  Curve out;
  out.by_epoch = curve.by_epoch;
  std::vector<double> group;
  for (std::size_t i = 0; i < kMostPoints; ++i) {
    const std::size_t begin = i * count / kMostPoints, end = (i + 1) * count / kMostPoints;
    group.clear();
    for (std::size_t k = begin; k < end; ++k) group.push_back(curve.points[k].value);
    const auto& last = curve.points[end - 1];
    out.points.push_back({last.epoch, last.step, level(group)});
  }
  return out;
}

template <class Records, class Value>
Curve finite_points(const Records& records, Split split, const Value& value) {
  Curve curve;
  for (const auto& record : records) {
    if (record.split != split) continue;
    if (const std::optional<double> found = value(record); found && std::isfinite(*found))
      curve.points.push_back({record.epoch, record.step, *found});
  }
  return curve;
}

/// The level of the first five or eight losses, if the run was elsewhere then: three standard errors from
/// `early`; else that.
double begun_within(std::span<const double> losses, double early, double noise) {
  for (const std::size_t width : {std::size_t{5}, std::size_t{8}}) {
    if (losses.size() < 2 * width) break;
    const double first = level(losses.first(width));
    if (std::abs(first - early) > 3 * noise / std::sqrt(static_cast<double>(width))) return first;
  }
  return early;
}

}  // namespace

std::vector<double> Curve::values() const {
  std::vector<double> all;
  for (const auto& point : points) all.push_back(point.value);
  return all;
}

std::int64_t Curve::place(std::size_t point) const {
  const Point& at = points[std::min(point, points.size() - 1)];
  return at.step > 0 ? at.step : at.epoch;
}

Curve curve_of(const RunLog& log, Split split, const OfEpoch& value) {
  Curve curve = condense(finite_points(log.epochs, split, value));
  curve.by_epoch = true;
  return curve;
}

Curve step_curve(const RunLog& log, const OfStep& value) {
  return condense(finite_points(log.steps, Split::train, value));
}

Curve train_curve(const RunLog& log, std::size_t enough) {
  Curve epochs = curve_of(log, Split::train, [](const EpochRecord& r) { return r.loss; });
  if (epochs.size() >= enough) return epochs;
  Curve steps = step_curve(log, [](const StepRecord& r) { return r.loss; });
  return steps.size() > epochs.size() ? steps : epochs;
}

std::optional<double> named(const NamedNumbers& numbers, std::string_view name) {
  for (const auto& [key, value] : numbers)
    if (key == name) return value;
  return {};
}

double median(std::span<const double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::vector<double> parted(values.begin(), values.end());
  const auto half = parted.begin() + static_cast<std::ptrdiff_t>(parted.size() / 2);
  std::nth_element(parted.begin(), half, parted.end());
  if (parted.size() % 2 == 1) return *half;
  return 0.5 * *std::max_element(parted.begin(), half) + 0.5 * *half;
}

double level(std::span<const double> values) {
  if (values.size() < 3) return median(values);
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t cut = std::max<std::size_t>(1, (sorted.size() + 9) / 10);
  const auto kept = std::span(sorted).subspan(cut, sorted.size() - 2 * cut);
  double mean = 0;
  for (const double value : kept) mean += value / static_cast<double>(kept.size());
  return mean;
}

std::vector<double> smoothed(std::span<const double> values, std::size_t width) {
  std::vector<double> out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t begin = i > width / 2 ? i - width / 2 : 0;
    const std::size_t end = std::min(i + width / 2 + 1, values.size());
    out.push_back(level(values.subspan(begin, end - begin)));
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
      sum +=
          static_cast<double>(values[k] > values[i]) - static_cast<double>(values[k] < values[i]);
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

double CurveShape::whole() const {
  const double rounding = kRounding * std::max(std::abs(start), std::abs(best));
  return std::abs(start - best) > rounding ? start - best : 0;
}

double CurveShape::fallen() const {
  return (start - end) / std::max(std::abs(start), std::numeric_limits<double>::min());
}

double CurveShape::still() const {
  constexpr std::size_t kFew = 12;
  if (!(whole() > 0)) return 0;
  const double pace = points < kFew ? std::max(slope, last_step) : slope;
  return -pace * 0.3 * static_cast<double>(points - 1) / whole();
}

double CurveShape::late() const {
  if (!(whole() > 0)) return 0;
  return -half_slope * 0.5 * static_cast<double>(points - 1) / whole();
}

bool CurveShape::creeps() const {
  // Of the fall in the second half: half of it on a line, 0.18 of it under a rate that decays to 0.
  constexpr double kLate = 0.15, kPlain = 0.25;
  const double late = middle - end;
  return z_all <= -needed_all && late > kLate * (start - end) &&
         (late > 4 * end_error || late > kPlain * (start - end));
}

CurveShape shape_of(const Curve& curve) {
  const auto losses = curve.values();
  const auto all = std::span(losses);
  const std::size_t count = losses.size();
  const auto smooth = smoothed(all, curve.by_epoch ? 3 : std::max<std::size_t>(3, count / 20));
  const auto part = [&](double share, std::size_t least) {
    const double wanted = std::ceil(share * static_cast<double>(count));
    return std::min(count, std::max(least, static_cast<std::size_t>(wanted)));
  };
  CurveShape s;
  s.points = count;
  s.start = curve.by_epoch ? losses.front() : median(all.first(std::min<std::size_t>(3, count)));
  const std::size_t tenth = part(0.1, 3);
  s.end = level(all.last(tenth));
  const auto best = std::min_element(smooth.begin(), smooth.end());
  s.best = std::min(*best, s.end);
  s.best_place = static_cast<std::size_t>(best - smooth.begin());
  s.last = part(0.3, 5);
  const auto last = all.last(s.last);
  s.noise = noise_of(all.last(std::max(s.last, std::min<std::size_t>(8, count / 2))));
  if (!curve.by_epoch && count >= 40) {
    // Noise of single batches that is larger than what the first tenth of the run gained.
    const double early = level(all.first(tenth));
    const double noise = std::min(s.noise, noise_of(all.first(tenth)));
    if (std::abs(s.start - early) < 2 * noise)
      s.start = begun_within(all.first(tenth), early, noise);
  } else if (!curve.by_epoch && std::abs(losses.front() - s.start) > 6 * s.noise) {
    s.start = losses.front();  // epochs of a log that does not say so
  }
  s.end_error = 1.2533 * s.noise / std::sqrt(static_cast<double>(tenth));  // of a median
  const std::size_t centre = (count - tenth) / 2;
  s.middle = level(all.subspan(centre, tenth));
  s.slope = theil_sen_slope(last);
  s.last_step = count > 1 ? losses[count - 1] - losses[count - 2] : 0;
  s.from = median(last) - s.slope * 0.5 * static_cast<double>(s.last - 1);
  s.z = mann_kendall_z(last);
  s.needed = needed_z(s.last, kSignificance);
  s.z_all = mann_kendall_z(all);
  s.needed_all = needed_z(count, kSignificance);
  const auto half = all.last(count - count / 2);
  s.half_slope = theil_sen_slope(half);
  s.half_z = mann_kendall_z(half);
  s.half_needed = needed_z(half.size(), kSignificance);
  const auto above = std::ranges::count_if(last, [&](double value) { return value > s.start; });
  s.above_start = static_cast<double>(above) / static_cast<double>(s.last);
  return s;
}

CurveShape begun_at(CurveShape shape, double start) {
  shape.start = std::max(shape.start, start);
  return shape;
}

}  // namespace downhill
