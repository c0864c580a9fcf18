#include "downhill/doctor/minimum.h"

#include <fmt/format.h>

#include "downhill/doctor/stationary.h"

namespace downhill::symptom {

std::optional<Finding> Minimum::examine(const Examination& run) {
  const auto& stands = run.log().stands;
  if (!stands || stands->stands != "minimum" || !run.converged()) return {};
  Finding finding;
  finding.summary =
      "The run stands at a minimum: flat to tolerance, and no direction of negative "
      "curvature was found.";
  finding.evidence = stationary_evidence(run);
  const auto trend = run.end_of(run.train());
  if (!run.train().empty()) {
    const double loss = trend ? trend->to : run.train().points.back().loss;
    finding.remedies.push_back(
        fmt::format("stop: more steps bring the train loss of {} no further", figure(loss)));
  }
  finding.remedies.push_back(
      "if this loss is too high, another seed or a larger model; other minima may lie lower");
  return finding;
}

}  // namespace downhill::symptom
