#include "downhill/doctor/lr_too_small.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/doctor/remedy.h"
#include "downhill/doctor/slow.h"
#include "downhill/doctor/underfitting.h"

namespace downhill::symptom {
namespace {

bool broken(const Examination& run) {
  for (const char* other :
       {"not_finite", "diverging", "accumulating_gradients", "dead_units", "vanishing_gradients",
        "swapped_splits", "memorised", "overfitting", "lr_too_large"})
    if (run.found(other)) return true;
  return false;
}

bool smooth_fall(const CurveShape& s, double noise) {
  return s.falls() && s.whole() > 0 && s.noise < noise * s.whole();
}

// The noise of single batches hides a fall that validation rows show.
bool validation_creeps(const Examination& run, double smooth) {
  const CurveShape &train = run.train_shape(), &v = run.validation_shape();
  // A saddle's biases settle at once; a rate that decays to 0 makes 0.18 of its way in the second half.
  const bool late = v.middle - v.end > 0.15 * (v.start - v.end);
  return !train.rises() && v.z_all <= -v.needed_all && v.best > 0 && v.fallen() > 1e-3 && late &&
         v.noise < smooth * v.whole();
}

/// The rows of validations are the same, so what moves their loss is the steps alone: down a line, by next to
/// nothing. (Up is what shuffled labels do.)
bool glides(const Examination& run) {
  constexpr std::size_t kFew = 8;
  constexpr double kNothing = 0.02, kEven = 0.05, kLate = 0.15;
  const CurveShape &train = run.train_shape(), &v = run.validation_shape();
  if (!run.validated() || v.points < kFew || !(v.start > 0)) return false;
  const double way = v.start - v.end;
  const bool late = v.middle - v.end > kLate * way;
  return v.z_all <= -v.needed_all && late && way < kNothing * v.start && way > 0 &&
         noise_of(run.validation().values()) < kEven * way && train.fallen() < kNothing;
}

// A run that goes on has shown it only if it creeps in a straight line, with all of the rate.
bool begins_slowly(const Examination& run, double hardly) {
  constexpr std::size_t kRecords = 8;
  const CurveShape& s = run.train_shape();
  const auto peak = run.peak_lr(), last = run.last_lr();
  const bool warms =
      peak && last && !run.rates().empty() && run.rates().points.front().value < 0.5 * *peak;
  const double late = s.middle - s.end;
  return s.points >= kRecords && !warms && s.fallen() > 0 && s.fallen() < hardly &&
         s.z_all <= -s.needed_all && late > 0.35 * (s.start - s.end);
}

Finding next_to_zero(const Examination& run) {
  const double rate = run.peak_lr().value_or(0);
  const bool clips = configured(run, "optimizer").find("clip") != std::string::npos;
  Finding finding{.confidence = 0.95};
  finding.summary =
      fmt::format("No step moved the weights by more than rounding: the rate is {} at most{}.",
                  figure(rate), clips ? ", of a gradient that is clipped" : "");
  finding.evidence = {{"highest_rate", rate}};
  finding.threshold = {{"highest_rate", 0}};
  finding.remedy = clips ? "train at a rate, and a bound of the clip, that move the weights"
                         : "train at a rate that moves the weights: downhill lr-find looks for one";
  return finding;
}

}  // namespace

const char* LrTooSmall::needs(const Examination&) { return nullptr; }

std::optional<Finding> LrTooSmall::examine(const Examination& run) const {
  if (run.moves_nothing() && run.steps() > 0 && run.promised().value_or(1) > promised)
    return next_to_zero(run);
  if (!run.judged() || broken(run) || run.learnt_at_once()) return {};
  if (run.running() && !begins_slowly(run, hardly)) return {};
  const Underfitting early;
  const CurveShape& s = run.train_shape();
  const bool long_run = static_cast<double>(run.epochs()) >= epochs;
  const std::optional<EarlyEnd> falling = early.falling(run);
  const bool slow = falling && s.fallen() < fallen && long_run;
  const bool creeps =
      s.fallen() < barely &&
      (run.validated() ? validation_creeps(run, smooth) : s.creeps() || smooth_fall(s, smooth));
  const double before = run.promised().value_or(0);
  const bool seen = before > promised && s.fallen() < fallen && s.falls();
  if (!slow && !creeps && !seen && !glides(run)) return {};
  Finding finding{.confidence = confidence_of(fallen, std::max(s.fallen(), 1e-3))};
  finding.from_step = run.train().place(0);
  finding.summary = fmt::format(
      "The loss falls all the way and came only from {} to {}: the steps are too small.",
      figure(s.start), figure(s.end));
  finding.evidence = {{"fallen", s.fallen()}};
  finding.threshold = {{"fallen", creeps ? barely : fallen}};
  const auto also = [&finding](const char* measured, double is, double above) {
    finding.evidence.emplace_back(measured, is);
    finding.threshold.emplace_back(measured, above);
  };
  if (slow) also(falling->evidence, falling->share, falling->threshold);
  if (seen) also("still_before_it", before, promised);
  finding.remedy = advise(run, change_lr(run, 10), lr_words(run, 10));
  return finding;
}

}  // namespace downhill::symptom
