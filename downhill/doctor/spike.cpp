#include "downhill/doctor/spike.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {
namespace {

constexpr std::size_t kWindow = 40;

/// How many robust deviations a loss lies above the losses around it.
double score_at(const std::vector<const StepRecord*>& steps, std::size_t at) {
  std::vector<double> around;
  const std::size_t begin = at > kWindow / 2 ? at - kWindow / 2 : 0;
  for (std::size_t i = begin; i < std::min(begin + kWindow, steps.size()); ++i)
    if (i != at) around.push_back(steps[i]->loss);
  const double middle = median(around);
  for (double& value : around) value = std::abs(value - middle);
  const double spread = 1.4826 * median(around);
  return spread > 0 ? (steps[at]->loss - middle) / spread : 0;
}

/// How far it lies above the highest loss around it, its neighbours left out, in spreads of these
/// from lowest to highest.
double beyond_at(const std::vector<const StepRecord*>& steps, std::size_t at) {
  double highest = -kInfinity, lowest = kInfinity;
  for (std::size_t i = at > kWindow / 2 ? at - kWindow / 2 : 0;
       i < std::min(at + kWindow / 2, steps.size()); ++i) {
    if (i + 3 >= at && i <= at + 3) continue;
    highest = std::max(highest, steps[i]->loss);
    lowest = std::min(lowest, steps[i]->loss);
  }
  return highest > lowest ? (steps[at]->loss - highest) / (highest - lowest) : 0;
}

}  // namespace

const char* Spike::needs(const Examination&) { return nullptr; }

std::optional<Finding> Spike::examine(const Examination& run) const {
  if (run.found("not_finite")) return {};
  std::vector<const StepRecord*> steps;
  for (const StepRecord& record : run.log().steps)
    if (record.split == Split::train) steps.push_back(&record);
  if (steps.size() < kWindow) return {};
  std::vector<std::size_t> places;
  const CurveShape& s = run.train_shape();
  const double limit = std::min(s.start, s.best) + times * std::max(s.whole(), 0.0);
  double highest = 0;
  for (std::size_t i = kWindow / 4; i + 3 < steps.size(); ++i) {
    if (!(steps[i]->loss > limit) || !(beyond_at(steps, i) > beyond)) continue;
    const double score = score_at(steps, i);
    if (!(score > z)) continue;
    highest = std::max(highest, score);
    if (places.empty() || i > places.back() + 2) places.push_back(i);
  }
  if (places.empty() || places.size() > 2) return {};
  const StepRecord& at = *steps[places.front()];
  Finding finding{
      .confidence = confidence_of(highest, z), .from_step = at.step, .to_step = at.step};
  finding.summary =
      fmt::format("The loss of step {} is {}, far out of line.", at.step, figure(at.loss));
  finding.evidence = {{"loss", at.loss}, {"deviations", highest}};
  finding.threshold = {{"loss", limit}, {"deviations", z}};
  finding.remedy = advise(run, {{"clip-norm", "1"}},
                          "look at the rows of that batch, and clip gradients (--clip-norm 1)");
  return finding;
}

}  // namespace downhill::symptom
