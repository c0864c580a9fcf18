#include "downhill/doctor/dead_units.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/doctor/remedy.h"
#include "downhill/doctor/zero_layer.h"

namespace downhill::symptom {
namespace {

/// Where the last stretch of gradients that are exactly zero begins, if it is half of the run and the
/// loss is not zero itself.
std::optional<std::int64_t> zero_from(const Examination& run) {
  const auto& points = run.norms().points;
  std::size_t begin = points.size();
  while (begin > 0 && points[begin - 1].value == 0) --begin;
  const std::size_t zeros = points.size() - begin;
  if (zeros < 3 || 2 * zeros < points.size() || run.train().empty()) return {};
  if (!(std::abs(run.train_shape().end) > 1e-9 * std::abs(run.train_shape().start))) return {};
  return run.norms().place(begin);
}

}  // namespace

const char* DeadUnits::needs(const Examination& run) {
  return run.dead().empty() && run.layers().empty() && run.norms().empty()
             ? "the share of units that are 0 for all rows, or gradient norms per layer"
             : nullptr;
}

std::optional<Finding> DeadUnits::examine(const Examination& run) const {
  Finding finding;
  if (run.ended_broken()) return {};  // NaN is above 0 nowhere
  const double dead = run.dead().empty() ? 0 : shape_of(run.dead()).end;
  if (dead >= share) {
    finding.confidence = confidence_of(dead, share);
    finding.summary = fmt::format("{} of the units are 0 for every row.", percent(dead));
    finding.evidence = {{"dead_share", dead}};
    finding.threshold = {{"dead_share", share}};
  } else if (const auto from = zero_from(run)) {
    finding.confidence = 0.99;
    finding.from_step = *from;
    finding.summary = fmt::format(
        "The gradient is exactly zero from step {} on while the loss stays at {}: dead units or a "
        "constant output.",
        *from, figure(run.train_shape().end));
    finding.evidence = {{"gradient_norm", 0}};
    finding.threshold = {{"gradient_norm", 0}};
  } else if (const auto layer = dead_layer(run); layer && run.train_shape().fallen() < fallen) {
    finding.confidence = 0.8;
    finding.summary =
        fmt::format("Layer {} gets no gradient at all and the loss does not fall.", layer->name);
    finding.evidence = {{"layer_gradient", 0}, {"fallen", run.train_shape().fallen()}};
    finding.threshold = {{"layer_gradient", 0}, {"fallen", fallen}};
  } else if (biases_alone(run)) {
    finding.confidence = 0.8;
    finding.summary =
        "No layer gets a gradient at all: the units are dead, or the weights began at zero; biases "
        "alone learn.";
    finding.evidence = {{"layer_gradient", 0}};
    finding.threshold = {{"layer_gradient", 0}};
  } else {
    return {};
  }
  Changes changes = change_model(run, "activation", "silu");
  finding.remedy =
      advise(run, changes,
             "take an activation that is nowhere flat (--model mlp:64,activation=silu; "
             "leaky_relu), none on the output, a lower rate, or another seed");
  return finding;
}

}  // namespace downhill::symptom
