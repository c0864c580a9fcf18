#include "downhill/doctor/slow.h"

#include <algorithm>
#include <cmath>

namespace downhill::symptom {
namespace {

constexpr double kFell = 3;  // standard deviations of single losses

/// The rate spent up to each of `count` points, over that of the whole run.
std::vector<double> spent(const Examination& run, std::size_t count) {
  const auto rates = run.rates().values();
  std::vector<double> time;
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sum += rates.size() < 2 ? 1 : rates[std::min(rates.size() - 1, i * rates.size() / count)];
    time.push_back(sum);
  }
  for (double& t : time) t /= sum > 0 ? sum : 1;
  return time;
}

}  // namespace

Pace pace_of(const Examination& run, const Curve& curve, const CurveShape& shape) {
  const auto losses = curve.values(), time = spent(run, losses.size());
  if (!(shape.whole() > 0)) return {};
  const auto reached = [&](double share) {
    const double goal = shape.start - share * shape.whole();
    const auto at = std::ranges::find_if(losses, [&](double loss) { return loss <= goal; });
    const auto place = static_cast<std::size_t>(at - losses.begin());
    if (place == losses.size()) return time.back() - time.front();
    if (place == 0) return 0.0;
    const double before = losses[place - 1] - goal, after = goal - losses[place];
    const double part = before / (before + after);  // of the way between the two points
    return std::lerp(time[place - 1], time[place], part) - time.front();
  };
  const auto late = std::ranges::find_if(time, [](double t) { return t >= 0.7; });
  const auto from =
      std::min(static_cast<std::size_t>(late - time.begin()), losses.size() - shape.last / 2 - 1);
  const std::size_t width = std::clamp<std::size_t>(losses.size() / 10 + 1, 1, 3);
  const double then = level(std::span(losses).subspan(from, std::min(width, losses.size() - from)));
  return {reached(0.5), reached(0.9), (then - shape.end) / shape.whole()};
}

StillFalling still_falling(const Examination& run) {
  if (!run.judged()) return {};
  const CurveShape &train = run.train_shape(), &validation = run.validation_shape();
  if (!run.validated()) return {train.still(), train.falls(), false};
  // The noise of single batches hides a fall that validation rows show.
  if (!run.train().by_epoch)
    return {validation.still(), validation.falls() && !train.rises(), false};
  // A whole fall that is noise has no shares.
  const bool fell = validation.whole() > kFell * validation.noise;
  return {fell ? std::min(train.still(), validation.still()) : 0,
          train.falls() && !validation.rises(), train.falls() && validation.falls()};
}

Pace pace_of(const Examination& run) {
  if (!run.judged()) return {};
  if (!run.train().by_epoch && !run.validated()) return {};
  const Pace train = pace_of(run, run.train(), run.train_shape());
  if (!run.validated()) return train;
  const Pace validation =
      pace_of(run, run.validation(), begun_at(run.validation_shape(), run.train_shape().start));
  if (!run.train().by_epoch) return validation;
  return {std::min(train.half, validation.half), std::min(train.ninety, validation.ninety),
          std::min(train.left, validation.left)};
}

}  // namespace downhill::symptom
