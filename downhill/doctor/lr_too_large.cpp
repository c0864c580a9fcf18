#include "downhill/doctor/lr_too_large.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "downhill/doctor/remedy.h"
#include "downhill/doctor/slow.h"
#include "downhill/doctor/swing.h"

namespace downhill::symptom {

namespace {

double mean_of(std::span<const double> values) {
  double mean = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  return mean;
}

/// How far the loss stood above its start from a tenth to half of the run, in parts of the start, less
/// three standard errors, or above `wrong` where the log has an accuracy and it did not fall: early steps that were too large to come back from.
double hump(const Examination& run, double wrong) {
  const auto losses = run.train().values();
  if (losses.size() < 20 || !(run.train_shape().start > 0)) return 0;
  double start =
      run.train().by_epoch || jumps_at_once(run) ? losses[0] : std::max(losses[0], losses[1]);
  const auto early = std::span(losses).subspan(losses.size() / 10, losses.size() * 4 / 10);
  start = run.begun_at(start);
  const bool falls = mann_kendall_z(early) <= -needed_z(early.size(), 3);
  if (!run.accuracy().empty() && run.in_nats() && !falls) start = std::min(start, wrong);
  double square = 0;
  const double mean = mean_of(early);
  for (const double value : early) square += (value - mean) * (value - mean);
  const double error = std::sqrt(square) / static_cast<double>(early.size());
  return (mean - 3 * error) / start - 1;
}

constexpr double kSpent = 0.2;  // of its peak: that rate is nearly spent

/// How much of the whole fall fell into the last three tenths of the rate spent, where the rate decays: of
/// validation rows, of epochs where the log has none. 0 of a run that came down nearly all the way.
double late_gain(const Examination& run, double settled) {
  const auto peak = run.peak_lr(), last = run.last_lr();
  if (!peak || !last || *last > kSpent * *peak || run.restarted() || !run.judged()) return 0;
  if ((!run.validated() && !run.train().by_epoch) || run.learnt_at_once()) return 0;
  const Curve& curve = run.validated() ? run.validation() : run.train();
  const CurveShape shape = run.validated()
                               ? begun_at(run.validation_shape(), run.train_shape().start)
                               : run.train_shape();
  if (shape.points < 10) return 0;
  if (shape.best < 0) return 0;  // a loss without a floor at 0 does not tell how much was left
  return shape.fallen() < settled ? pace_of(run, curve, shape).left : 0;
}

/// The first validation loss over the train loss at the start, less 1, where it came down since: what was
/// learnt until then was worse than nothing. (By step of the highest of the first three.)
double validation_hump(const Examination& run) {
  if (!run.validated()) return 0;
  const auto losses = run.train().values();
  const double first =
      run.train().by_epoch ? losses[0] : std::ranges::max(std::span(losses).first(3));
  const double begin = run.begun_at(first);
  const CurveShape& v = run.validation_shape();
  return begin > 0 && v.start > 2 * v.end ? v.start / begin - 1 : 0;
}

constexpr double kSmoothed = 1.2;  // what smoothed labels keep losing (0.1 of 1000 classes)

/// Losses of the first half over what rows guessed as often right lose at most: with the accuracy a as
/// their probability, the rest shared by 1000 classes. The lower of train and validation rows: one that
/// learns by heart is wrong and sure on validation rows alone.
double over_sure(const Examination& run) {
  const auto right = run.accuracy().values(), losses = run.validation().values(),
             train = run.train().values();
  if (right.size() < 8 || losses.size() != right.size() || train.size() < 8 || !run.in_nats())
    return 0;
  const double a = median(std::span(right).first(right.size() / 2));
  if (!(a > 0) || !(a < 1)) return 0;
  const double most = -a * std::log(a) - (1 - a) * std::log((1 - a) / 1000);
  const double lost = std::min(level(std::span(losses).first(losses.size() / 2)),
                               level(std::span(train).first(train.size() / 2)));
  return lost / std::max(most, kSmoothed);
}

}  // namespace

const char* LrTooLarge::needs(const Examination&) { return nullptr; }

namespace {

/// One way in which it shows.
struct Sign {
  const char* name;
  double value, threshold;
  std::int64_t from;
  std::string text;
};

/// The part of its whole fall that the train loss lost again, 0 if that is within its noise.
double lost_again(const CurveShape& s, double errors) {
  const double error = std::max(s.end_error, 0.72 * s.noise);  // of a median of three
  if (!(s.whole() > errors * error) || !(s.end - s.best > errors * error)) return 0;
  return (s.end - s.best) / s.whole();
}

/// How far the validation loss ends above its best, over it, where the train loss has not fallen.
double jumped(const Examination& run, double errors, double fallen) {
  const CurveShape& v = run.validation_shape();
  if (!run.validated() || !(v.best > 0) || !(v.end - v.best > errors * v.end_error)) return 0;
  return run.train_shape().fallen() < fallen ? (v.end - v.best) / v.best : 0;
}

std::vector<Sign> signs_of(const LrTooLarge& t, const Examination& run) {
  const CurveShape& s = run.train_shape();
  const std::int64_t begin = run.train().place(0),
                     tenth = run.train().place(run.train().size() / 10);
  // What came down to a twentieth was not hurt.
  const double first = run.begun_at(std::min(s.start, run.train().points.front().value));
  const bool unhurt = s.best > 0 && s.end < t.unhurt * first;
  const double lost = lost_again(s, t.errors), rise = jumped(run, t.errors, t.fallen),
               above = unhurt ? 0 : hump(run, t.wrong), sure = over_sure(run),
               swing = unhurt ? 0 : swing_of(run), worse = unhurt ? 0 : validation_hump(run),
               late = late_gain(run, t.settled);
  return {
      {"lost_over_whole_fall", lost, t.lost, run.train().place(s.best_place),
       fmt::format(
           "The train loss had come down to {} and is at {}: the steps are too large to stay.",
           figure(s.best), figure(s.end))},
      {"loss_above_start", above, t.humped, tenth,
       fmt::format("The loss stood {} above its start, or above any constant guess, over the first "
                   "half of the run: the first steps were too large.",
                   percent(above))},
      {"validation_rise", rise, t.rise,
       run.validated() ? run.validation().place(run.validation_shape().best_place) : begin,
       fmt::format("The validation loss jumped up by {} while the train loss does not fall: the "
                   "steps are too large.",
                   percent(rise))},
      {"loss_over_that_of_a_guess", sure, t.sure, begin,
       fmt::format(
           "Over the first half of the run the loss was {} times what a guess as often right "
           "loses at most: large weights, wrong and sure. The steps are too large.",
           figure(sure))},
      {"highest_rise", swing, t.swing, begin,
       fmt::format(
           "The train loss rose by {} of its whole fall or start before it fell: the steps are "
           "too large.",
           percent(swing))},
      {"first_validation_above_start", worse, t.worse, begin,
       fmt::format("The first validation loss was {} above the train loss at the start: the first "
                   "steps were too large.",
                   percent(worse))},
      {"late_gain", late, t.faster, begin,
       fmt::format("{} of the fall came with the last three tenths of the rate spent: lower rates "
                   "gained more than higher ones.",
                   percent(late))}};
}

}  // namespace

std::optional<Finding> LrTooLarge::examine(const Examination& run) const {
  if (!run.judged()) return {};
  for (const char* other : {"not_finite", "diverging", "accumulating_gradients", "swapped_splits",
                            "memorised", "overfitting"})
    if (run.found(other)) return {};
  Finding finding;
  for (const Sign& sign : signs_of(*this, run)) {
    if (!(sign.value > sign.threshold)) continue;
    if (finding.summary.empty()) {
      finding.confidence = confidence_of(sign.value, sign.threshold);
      finding.from_step = sign.from;
      finding.summary = sign.text;
    }
    finding.evidence.emplace_back(sign.name, sign.value);
    finding.threshold.emplace_back(sign.name, sign.threshold);
  }
  if (finding.summary.empty()) return {};
  finding.remedy = advise(run, change_lr(run, 0.1), lr_words(run, 0.1) + ", or let it decay");
  return finding;
}

}  // namespace downhill::symptom
