#include "downhill/doctor/init_loss_off.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {

const char* InitLossOff::needs(const Examination&) { return nullptr; }

namespace {

constexpr std::size_t kFew = 20;

/// What the first batches show beyond the first loss: it is gone within a few steps, or the gradient
/// was far larger than soon after.
bool gone_at_once(const InitLossOff& s, const std::vector<const StepRecord*>& steps) {
  if (steps.size() < kFew || steps[7]->step > 30) return false;
  std::vector<double> next;
  for (std::size_t i = 3; i < 8; ++i) next.push_back(steps[i]->loss);
  return steps[0]->loss > s.classes && steps[0]->loss > s.sudden * level(next);
}

bool steep(const InitLossOff& s, const std::vector<const StepRecord*>& steps) {
  std::vector<double> norms, losses;
  const std::size_t tenth = steps.size() / 10;
  for (std::size_t i = tenth; i < 2 * tenth; ++i) {
    if (steps[i]->gradient_norm) norms.push_back(*steps[i]->gradient_norm);
    losses.push_back(steps[i]->loss);
  }
  if (steps.size() < kFew || norms.size() < 2 || !steps[0]->gradient_norm) return false;
  const double norm = *steps[0]->gradient_norm, loss = steps[0]->loss;
  return norm > s.norm && norm > s.norm * level(norms) && loss > 1.2 && loss > 2 * level(losses);
}

/// Whether more than one batch loses half of the first loss long after it: a few rows outweigh the others, and
/// the first batch had one.
bool recurs(const std::vector<const StepRecord*>& steps) {
  return std::count_if(steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 4), steps.end(),
                       [&](const StepRecord* step) { return step->loss > 0.5 * steps[0]->loss; }) >
         1;
}

}  // namespace

std::optional<Finding> InitLossOff::examine(const Examination& run) const {
  if (!run.judged() && !run.found("diverging")) return {};
  if (run.train().empty() || run.found("accumulating_gradients")) return {};
  const auto losses = run.train().values();
  const std::size_t count = losses.size();
  const auto some = std::span(losses).subspan(count / 10, std::max<std::size_t>(1, count / 10));
  const auto steps = run.finite_steps();
  const double first = steps.size() >= kFew ? steps[0]->loss : losses.front(),
               soon = median(some.empty() ? std::span(losses) : some);
  const bool classifier = !run.accuracy().empty();
  // A log of ours says what the constant loses; a level alone depends on the target's unit, and where
  // losses go below 0 no multiple of it means anything.
  const double constant = run.constant().value_or(0);
  if (run.ours() && (!(constant > 0 && first > beyond * constant) || recurs(steps))) return {};
  const bool gone = gone_at_once(*this, steps), sudden_fall = classifier && gone;
  const bool steep_start = classifier && steep(*this, steps);
  const bool sure = classifier && !run.log().steps.empty() && run.log().steps[0].loss > certain;
  // Of a run that diverged the loss before any step was made tells that it began so.
  if (run.found("diverging") && !(sure && run.log().steps[0].step <= 1)) return {};
  const double limit = sudden_fall ? classes : steep_start ? 1.2 : classifier ? loss : number_loss;
  // Without an accuracy the loss may be of any scale, and numbers around 50 begin at 50: what a bias must
  // climb to takes its steps, an error in the first weights is gone at once.
  const bool burst = run.train().by_epoch && count > 1 && losses[0] > gone_by_epoch * losses[1];
  const bool far = first > limit && first > drop * soon && (classifier || gone || burst);
  if (!far && !sudden_fall && !steep_start && !sure) return {};
  Finding finding{.confidence = confidence_of(first / std::max(soon, 1e-300), drop)};
  finding.from_step = run.train().place(0);
  finding.to_step = run.train().place(count / 10);
  const std::string then = soon < first ? fmt::format(", and {} soon after", figure(soon)) : "";
  finding.summary = fmt::format("The first loss is {}{}: far above that of a constant prediction.",
                                figure(first), then);
  finding.evidence = {{"first_loss", first}, {"first_over_soon", first / soon}};
  finding.threshold = {{"first_loss", run.ours() ? beyond * constant : limit},
                       {"first_over_soon", drop}};
  finding.remedy =
      "begin with a small last layer (weights at 0, its bias at the mean or the log of the "
      "classes' "
      "shares), and standardise inputs and targets";
  return finding;
}

}  // namespace downhill::symptom
