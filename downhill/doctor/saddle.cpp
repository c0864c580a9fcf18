#include "downhill/doctor/saddle.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {

const char* Saddle::needs(const Examination& run) {
  return run.log().stands ? nullptr : "the curvature at the end (downhill curvature RUN)";
}

std::optional<Finding> Saddle::examine(const Examination& run) const {
  const auto& stands = run.log().stands;
  if (!stands || stands->stands != State::saddle || !stands->probe_decrease || !run.judged())
    return {};
  const double fall = *stands->probe_decrease;
  if (!(fall > 0.01 * std::abs(stands->loss.value_or(0)))) return {};
  const double done =
      std::max(0.0, run.train_shape().start - stands->loss.value_or(run.train_shape().end));
  const double worth = fall > 0 ? fall / (fall + done) : 0;
  if (!(worth > gain)) return {};
  Finding finding{.confidence = confidence_of(worth, gain)};
  finding.summary = fmt::format(
      "The run stands at a saddle: along one direction of negative curvature the loss falls by {}.",
      figure(fall));
  finding.evidence = {{"fall_found", fall}, {"share_of_the_way", worth}};
  if (stands->hn) finding.evidence.emplace_back("smallest_eigenvalue", *stands->hn);
  finding.threshold = {{"share_of_the_way", gain}};
  finding.remedy =
      advise(run, {{"optimizer", "newton_cg"}, {"batch", "all"}},
             "newton_cg follows negative curvature; or begin from random weights: weights "
             "that begin equal or at zero stay on a saddle");
  return finding;
}

}  // namespace downhill::symptom
