#include "downhill/doctor/plateau.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/doctor/diverging.h"
#include "downhill/doctor/stationary.h"

namespace downhill::symptom {
namespace {

// A plateau of one of these kinds has a reason and a remedy of its own.
struct Reason {
  std::string why, remedy;
};

// The ratio of the last gradient norm to the first one.
std::optional<double> gradient_ratio(const RunLog& log) {
  std::vector<double> norms;
  const auto look = [&norms](const auto& record) {
    if (record.split == "train" && record.gradient_norm && std::isfinite(*record.gradient_norm))
      norms.push_back(*record.gradient_norm);
  };
  for (const auto& record : log.steps) look(record);
  if (norms.size() < 2) {
    norms.clear();
    for (const auto& record : log.epochs) look(record);
  }
  if (norms.size() < 2 || !(norms.front() > 0)) return {};
  return norms.back() / norms.front();
}

Reason reason_of(const Examination& run) {
  const auto trend = run.end_of(run.train());
  if (trend && trend->fall < -run.options().improving && trend->rises())
    return {fmt::format("it even rises, by {} over the end of the run", percent(-trend->fall)),
            change_lr(run, 0.1)};
  const auto peak = run.peak_lr(), last = run.last_lr();
  if (peak && last && *last < 0.01 * *peak)
    return {fmt::format("the schedule took lr from {} to {}", figure(*peak), figure(*last)),
            fmt::format("a schedule that ends higher, at lr {}", figure(0.1 * *peak))};
  const auto losses = run.train().losses();
  const double level = run.end_level(run.train());
  const double scale = loss_scale(losses, level, run.options().zero_loss);
  if (level <= run.options().zero_loss * loss_scale(losses, losses.front(), 0))
    return {"the loss is zero for all purposes", "stop: there is nothing left to learn here"};
  const double noise = scale > 0 ? noise_of(losses) / scale : 0;
  if (noise > run.options().improving)
    return {fmt::format("the noise of the mini-batches ({} of the loss) hides any progress",
                        percent(noise)),
            change_lr(run, 0.1) + ", or a batch 4 times as large"};
  const auto ratio = gradient_ratio(run.log());
  if (ratio && *ratio > 0.1)
    return {fmt::format("the gradient is still {} of its first norm: the steps are too small, or "
                        "they jump across a valley",
                        percent(*ratio)),
            change_lr(run, 3) + "; if the loss then rises, " + change_lr(run, 0.1)};
  return {"the learning rate may be too small for this place", change_lr(run, 10)};
}

}  // namespace

std::optional<Finding> Plateau::examine(const Examination& run) {
  const auto& stands = run.log().stands;
  if (stands && (stands->stands == "saddle" || stands->stands == "minimum") && run.converged())
    return {};
  const auto trend = run.end_of(run.train());
  const bool never_fell = trend && !run.fell() && !trend->falls();
  if (!(run.still().value_or(false) || never_fell) || Diverging::examine(run)) return {};
  const Reason reason = reason_of(run);
  Finding finding;
  finding.summary = fmt::format("The loss does not fall any more at {}: {}.",
                                figure(run.end_level(run.train())), reason.why);
  finding.evidence = stationary_evidence(run);
  if (!stands || stands->stands == "unknown")
    finding.evidence.push_back(
        {"where the run stands (saddle, minimum or slope) was not measured", {}, {}, ""});
  finding.remedies = {reason.remedy};
  if (stands && stands->stands == "descending")
    finding.remedies.push_back(
        "the quadratic model still sees a way down: lbfgs or newton_cg can take it");
  return finding;
}

}  // namespace downhill::symptom
