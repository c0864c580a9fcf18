#include "downhill/doctor/init_loss_off.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {

const char* InitLossOff::needs(const Examination&) { return nullptr; }

std::optional<Finding> InitLossOff::examine(const Examination& run) const {
  if (!run.judged() || run.found("diverging") || run.found("accumulating_gradients")) return {};
  const auto losses = run.train().values();
  const std::size_t count = losses.size();
  const auto some = std::span(losses).subspan(count / 10, std::max<std::size_t>(1, count / 10));
  const double first = losses.front(), soon = median(some.empty() ? std::span(losses) : some);
  const double limit = run.accuracy().empty() ? number_loss : loss;
  if (!(first > limit) || !(first > drop * soon)) return {};
  Finding finding{.confidence = confidence_of(first / std::max(soon, 1e-300), drop)};
  finding.from_step = run.train().place(0);
  finding.to_step = run.train().place(count / 10);
  finding.summary = fmt::format(
      "The first loss is {}, and {} soon after: far above that of a constant prediction.",
      figure(first), figure(soon));
  finding.evidence = {{"first_loss", first}, {"first_over_soon", first / soon}};
  finding.threshold = {{"first_loss", limit}, {"first_over_soon", drop}};
  finding.remedy =
      "begin with a small last layer (weights at 0, its bias at the mean or the log of the "
      "classes' "
      "shares), and standardise inputs and targets";
  return finding;
}

}  // namespace downhill::symptom
