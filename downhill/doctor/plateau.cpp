#include "downhill/doctor/plateau.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {

const char* Plateau::needs(const Examination&) { return nullptr; }

std::optional<Finding> Plateau::examine(const Examination& run) const {
  if (!run.judged()) return {};
  for (const char* other :
       {"not_finite", "diverging", "accumulating_gradients", "swapped_splits", "memorised",
        "overfitting", "lr_too_large", "lr_too_small", "underfitting", "saddle", "noise_floor"})
    if (run.found(other)) return {};
  // A run that was measured at a minimum has fallen as far as it can.
  if (run.log().stands && run.log().stands->stands == State::minimum) return {};
  const CurveShape& s = run.train_shape();
  if (s.best < 0 || !(s.fallen() < fallen)) return {};
  // The noise of single batches hides what validation rows show.
  const CurveShape& v = run.validation_shape();
  const double gained = std::min(s.start, v.start) - v.end;
  if (run.learnt_at_once() || run.better_than_constant()) return {};
  if (run.validated() && gained > std::max(fallen * v.start, 4 * v.end_error)) return {};
  Finding finding{.confidence = confidence_of(fallen, std::max(s.fallen(), 1e-3))};
  finding.from_step = run.train().place(0);
  finding.summary = fmt::format("The loss hardly fell, from {} to {}, and falls no more.",
                                figure(s.start), figure(s.end));
  finding.evidence = {{"fallen", s.fallen()}, {"z", s.z}};
  finding.threshold = {{"fallen", fallen}, {"z", s.needed}};
  const bool above = s.fallen() < -0.1;
  finding.remedy =
      advise(run, change_lr(run, above ? 0.1 : 10),
             above ? lr_words(run, 0.1)
                   : "begin from random weights, not from zero or equal ones; " +
                         lr_words(run, 10) + "; if the loss then jumps, " + lr_words(run, 0.1));
  return finding;
}

}  // namespace downhill::symptom
