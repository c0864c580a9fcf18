#include "downhill/doctor/saddle.h"

#include <fmt/format.h>

#include "downhill/doctor/stationary.h"

namespace downhill::symptom {

std::optional<Finding> Saddle::examine(const Examination& run) {
  const auto& stands = run.log().stands;
  if (!stands || stands->stands != "saddle" || !run.converged()) return {};
  Finding finding;
  finding.summary =
      "The run stands still at a saddle: the loss still falls along a direction of "
      "negative curvature.";
  if (stands->hn)
    finding.summary = fmt::format(
        "The run stands still at a saddle: along one direction the curvature is {} and the loss "
        "falls.",
        figure(*stands->hn));
  finding.evidence = stationary_evidence(run);
  finding.remedies = {
      "go on with newton_cg, which follows negative curvature, for some 20 steps",
      "or start again from another seed; weights that begin equal or at zero stay on a saddle",
      "or " + change_lr(run, 3) + " with momentum 0.9, so that noise leaves the saddle sooner",
  };
  return finding;
}

}  // namespace downhill::symptom
