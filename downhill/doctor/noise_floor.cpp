#include "downhill/doctor/noise_floor.h"

#include <fmt/format.h>

#include <cmath>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {
namespace {

constexpr std::size_t kFew = 10;

/// Whether the last losses of the curve go up and down: of noise two in three of the inner points are turns, of a bend,
/// which second differences take for noise where points are few, none.
bool jumps_about(const Curve& curve, const CurveShape& shape) {
  const auto values = curve.values();
  const auto last = std::span(values).last(shape.last);
  std::size_t turns = 0;
  for (std::size_t i = 2; i < last.size(); ++i)
    turns += (last[i] - last[i - 1]) * (last[i - 1] - last[i - 2]) < 0 ? 1 : 0;
  return last.size() >= 3 && 3 * turns >= last.size() - 2;
}

}  // namespace

const char* NoiseFloor::needs(const Examination&) { return nullptr; }

std::optional<Finding> NoiseFloor::examine(const Examination& run) const {
  if (run.train().size() < kFew || run.decayed()) return {};
  for (const char* other :
       {"not_finite", "diverging", "accumulating_gradients", "swapped_splits", "memorised",
        "overfitting", "lr_too_large", "lr_too_small", "underfitting"})
    if (run.found(other)) return {};
  const bool by_epoch = run.train().by_epoch;
  const CurveShape &s = run.train_shape(), &v = run.validation_shape();
  const double jumps = by_epoch && s.end > 0 ? s.noise / s.end : 0;
  const double validation = run.validated() && v.whole() > 0 ? v.noise / v.whole() : 0;
  const bool level = run.validated() && v.noise > least * std::abs(v.end) && v.best_place > 0;
  // Where validation rows stand still it is dropout, or the few batches of an epoch, that jumps.
  const bool quiet = run.validated() && v.noise < 0.5 * least * std::abs(v.end);
  const bool train_jumps = jumps > epochs && s.noise > whole * s.whole() && s.best > 0 && !quiet;
  const bool wild = run.validated() && v.best > 0 && v.noise > alone * v.end;
  const bool validation_jumps = (validation > fall && level) || wild;
  const bool train_noise = train_jumps && jumps_about(run.train(), s);
  const bool validation_noise = validation_jumps && jumps_about(run.validation(), v);
  if (!train_noise && !validation_noise) return {};
  Finding finding{.confidence = validation_noise ? confidence_of(validation, fall)
                                                 : confidence_of(jumps, epochs)};
  finding.summary =
      validation_noise
          ? fmt::format(
                "From one validation to the next the loss jumps by {} of its whole fall "
                "while the rate does not decay.",
                percent(validation))
          : fmt::format(
                "From one epoch to the next the loss jumps by {} of itself while the rate "
                "does not decay.",
                percent(jumps));
  finding.from_step = run.train().place(run.train().size() * 7 / 10);
  finding.evidence = {{"validation_noise_over_fall", validation}, {"noise_over_level", jumps}};
  finding.threshold = {{"validation_noise_over_fall", fall}, {"noise_over_level", epochs}};
  finding.remedy = advise(run, {{"schedule", "cosine"}},
                          "let the rate decay (--schedule cosine), or a batch four times as large "
                          "(--batch)");
  return finding;
}

}  // namespace downhill::symptom
