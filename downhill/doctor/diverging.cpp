#include "downhill/doctor/diverging.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/runlog/ended.h"

namespace downhill::symptom {
namespace {

constexpr const char* kRangeTest = "4 times the best smoothed loss: fastai, Lightning";
constexpr const char* kNonFinite = "TerminateOnNaN (Keras)";

struct Place {
  std::int64_t step, epoch;
  double loss;
};

std::optional<Place> first_non_finite(const RunLog& log) {
  const auto bad = [](const auto& r) { return r.split == "train" && !std::isfinite(r.loss); };
  const auto step = std::find_if(log.steps.begin(), log.steps.end(), bad);
  if (step != log.steps.end()) return Place{step->step, step->epoch, step->loss};
  const auto epoch = std::find_if(log.epochs.begin(), log.epochs.end(), bad);
  if (epoch != log.epochs.end()) return Place{epoch->step, epoch->epoch, epoch->loss};
  return {};
}

// The 90th percentile of the gradient norms of the run's first half: what is usual for it.
std::optional<double> usual_gradient(const RunLog& log) {
  std::vector<double> norms;
  for (std::size_t i = 0; i < (log.steps.size() + 1) / 2; ++i)
    if (const auto& norm = log.steps[i].gradient_norm; norm && std::isfinite(*norm))
      norms.push_back(*norm);
  if (norms.empty()) return {};
  std::sort(norms.begin(), norms.end());
  return norms[static_cast<std::size_t>(0.9 * static_cast<double>(norms.size() - 1))];
}

std::vector<std::string> remedies(const Examination& run) {
  std::vector<std::string> list = {change_lr(run, 0.1)};
  const std::int64_t steps = std::max<std::int64_t>(run.steps() / 20, 10);
  list.push_back(fmt::format("warm the learning rate up over the first {} steps", steps));
  if (const auto norm = usual_gradient(run.log()); norm && *norm > 0)
    list.push_back(
        fmt::format("clip gradients at norm {} (their 90th percentile in the first half "
                    "of the run)",
                    figure(*norm)));
  list.push_back("look for wild values in the data: columns not standardised, targets far away");
  return list;
}

void non_finite(const Examination& run, Finding& finding) {
  const RunLog& log = run.log();
  if (const auto place = first_non_finite(log)) {
    finding.summary = fmt::format("The loss was not finite from step {}{} on.", place->step,
                                  place->epoch > 0 ? fmt::format(" (epoch {})", place->epoch) : "");
    finding.evidence.push_back(
        {"first train loss that is not finite", place->loss, {}, kNonFinite});
    finding.evidence.push_back({"its step", static_cast<double>(place->step), {}, ""});
  }
  if (!log.steps.empty() && !std::isfinite(log.steps.back().gradient_norm.value_or(0)))
    finding.evidence.push_back(
        {"last gradient norm", log.steps.back().gradient_norm, {}, "ExplodingTensor (SageMaker)"});
  if (log.end &&
      (log.end->reason == "non-finite loss" || log.end->reason == text_of(Ended::non_finite) ||
       log.end->reason == text_of(Ended::diverging)))
    finding.evidence.push_back({"the run ended itself: " + log.end->reason +
                                    (log.end->message.empty() ? "" : ", " + log.end->message),
                                {},
                                {},
                                "end record"});
}

void grown(const Examination& run, Finding& finding) {
  if (!run.enough(run.train())) return;
  const auto losses = run.train().losses();
  const auto smooth = smoothed(losses);
  const double best = *std::min_element(smooth.begin(), smooth.end());
  const double end = run.end_level(run.train());
  const double scale = loss_scale(losses, best, run.options().zero_loss);
  const double ratio = scale > 0 ? 1 + (end - best) / scale : 1;
  if (!(ratio > run.options().diverging_factor && end > losses.front())) return;
  if (finding.summary.empty())
    finding.summary =
        fmt::format("The loss grew to {} times its best and above its start.", figure(ratio));
  finding.evidence.push_back({"loss at the end over the best smoothed loss", ratio,
                              run.options().diverging_factor, kRangeTest});
  finding.evidence.push_back({"loss at the end, against the first loss", end, losses.front(), ""});
}

}  // namespace

std::optional<Finding> Diverging::examine(const Examination& run) {
  Finding finding;
  non_finite(run, finding);
  grown(run, finding);
  if (finding.evidence.empty()) return {};
  if (finding.summary.empty()) finding.summary = "The run ended in numbers that are not finite.";
  finding.remedies = remedies(run);
  return finding;
}

}  // namespace downhill::symptom
