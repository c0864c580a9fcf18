#include "downhill/doctor/exploding_gradients.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {

const char* ExplodingGradients::needs(const Examination& run) {
  return run.norms().empty() ? "gradient_norm" : nullptr;
}

std::optional<Finding> ExplodingGradients::examine(const Examination& run) const {
  // Within an epoch the first steps' norms are gone: its mean is the first record alone.
  const std::size_t least = run.found("not_finite") || run.norms().by_epoch ? 1 : 5;
  if (run.norms().size() < least || run.train().empty()) return {};
  const auto norms = run.norms().values();
  const double limit =
      std::max(norm, relative * std::sqrt(std::abs(run.train().points.front().value)));
  // So far out that one is enough: of an epoch that the log does not call so, or of the first step.
  const double first = norms[0] > alone * limit ? norms[0] : median(std::span(norms).first(least));
  if (!(first > limit)) return {};
  // A gradient that was small before the first step was blown up by the steps.
  constexpr double kSmall = 0.01;
  const auto& steps = run.log().steps;
  if (!run.norms().by_epoch && !steps.empty() && steps[0].step == 1 && steps[0].gradient_norm &&
      *steps[0].gradient_norm < kSmall * limit)
    return {};
  Finding finding{.confidence = confidence_of(first, limit), .from_step = run.norms().place(0)};
  finding.summary = fmt::format("The gradient begins at a norm of {}.", figure(first));
  finding.evidence = {{"first_gradient_norm", first}};
  finding.threshold = {{"first_gradient_norm", limit}};
  finding.remedy = advise(run, {{"clip-norm", "1"}},
                          "scale inputs and targets to unit spread, begin with smaller weights "
                          "(He or Glorot), and clip gradients (--clip-norm 1)");
  return finding;
}

}  // namespace downhill::symptom
