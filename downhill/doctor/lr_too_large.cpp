#include "downhill/doctor/lr_too_large.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/doctor/remedy.h"

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
  double start = run.train().by_epoch ? losses.front() : std::max(losses[0], losses[1]);
  const auto early = std::span(losses).subspan(losses.size() / 10, losses.size() * 4 / 10);
  const bool falls = mann_kendall_z(early) <= -needed_z(early.size(), 3);
  if (!run.accuracy().empty() && !falls) start = std::min(start, wrong);
  double square = 0;
  const double mean = mean_of(early);
  for (const double value : early) square += (value - mean) * (value - mean);
  const double error = std::sqrt(square) / static_cast<double>(early.size());
  return (mean - 3 * error) / start - 1;
}

}  // namespace

const char* LrTooLarge::needs(const Examination&) { return nullptr; }

std::optional<Finding> LrTooLarge::examine(const Examination& run) const {
  if (!run.judged()) return {};
  for (const char* other : {"not_finite", "diverging", "accumulating_gradients", "swapped_splits",
                            "memorised", "overfitting"})
    if (run.found(other)) return {};
  const CurveShape &s = run.train_shape(), &v = run.validation_shape();
  const double best_error = std::max(s.end_error, 0.72 * s.noise);  // of a median of three
  const double back = s.whole() > 0 ? (s.end - s.best) / s.whole() : 0;
  const bool lost_it =
      back > lost && s.end - s.best > errors * best_error && s.whole() > errors * best_error;
  const double gl = run.validated() && v.best > 0 ? (v.end - v.best) / v.best : 0;
  const bool jumped = gl > rise && v.end - v.best > errors * v.end_error && s.fallen() < fallen;
  const double above = hump(run, wrong);
  if (!lost_it && !jumped && !(above > humped)) return {};
  Finding finding{.confidence = lost_it  ? confidence_of(back, lost)
                                : jumped ? confidence_of(gl, rise)
                                         : confidence_of(above, humped)};
  finding.from_step = lost_it  ? run.train().place(s.best_place)
                      : jumped ? run.validation().place(v.best_place)
                               : run.train().place(run.train().size() / 10);
  finding.summary =
      lost_it ? fmt::format(
                    "The train loss had come down to {} and is at {}: the steps are too large "
                    "to stay.",
                    figure(s.best), figure(s.end))
      : above > humped
          ? fmt::format(
                "The loss stood {} above its start, or above any constant guess, over the first "
                "half of the run: the "
                "first steps were too large.",
                percent(above))
          : fmt::format(
                "The validation loss jumped up by {} while the train loss does not fall: "
                "the steps are too large.",
                percent(gl));
  finding.evidence = {{"lost", back}, {"validation_rise", gl}, {"fallen", s.fallen()}};
  finding.threshold = {{"lost", lost}, {"validation_rise", rise}, {"fallen", fallen}};
  if (above > humped) {
    finding.evidence.emplace_back("above_start", above);
    finding.threshold.emplace_back("above_start", humped);
  }
  finding.remedy = advise(run, change_lr(run, 0.1), lr_words(run, 0.1) + ", or let it decay");
  return finding;
}

}  // namespace downhill::symptom
