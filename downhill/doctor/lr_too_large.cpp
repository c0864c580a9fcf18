#include "downhill/doctor/lr_too_large.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {

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
  if (!lost_it && !jumped) return {};
  Finding finding{.confidence = lost_it ? confidence_of(back, lost) : confidence_of(gl, rise)};
  finding.from_step =
      lost_it ? run.train().place(s.best_place) : run.validation().place(v.best_place);
  finding.summary =
      lost_it ? fmt::format(
                    "The train loss had come down to {} and is at {}: the steps are too large "
                    "to stay.",
                    figure(s.best), figure(s.end))
              : fmt::format(
                    "The validation loss jumped up by {} while the train loss does not fall: "
                    "the steps are too large.",
                    percent(gl));
  finding.evidence = {{"lost", back}, {"validation_rise", gl}, {"fallen", s.fallen()}};
  finding.threshold = {{"lost", lost}, {"validation_rise", rise}, {"fallen", fallen}};
  finding.remedy = advise(run, change_lr(run, 0.1), lr_words(run, 0.1) + ", or let it decay");
  return finding;
}

}  // namespace downhill::symptom
