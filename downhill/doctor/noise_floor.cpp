#include "downhill/doctor/noise_floor.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "downhill/core/options.h"
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

/// By what a loss jumps: the first figure is what decides, above the first threshold.
struct Jumps {
  NamedNumbers evidence, threshold;
  const char* sentence;  ///< with one place for that figure
};

/// Of validation losses: over their whole fall, or so far over their level that it is enough alone.
std::optional<Jumps> of_validations(const Examination& run, const NoiseFloor& rule) {
  const CurveShape& v = run.validation_shape();
  if (!run.validated() || !jumps_about(run.validation(), v)) return {};
  const double level = std::abs(v.end), over_level = level > 0 ? v.noise / level : 0;
  if (v.whole() > 0 && v.noise > rule.fall * v.whole() && v.noise > rule.least * level &&
      v.best_place > 0)
    return Jumps{
        {{"validation_noise_over_fall", v.noise / v.whole()},
         {"validation_noise_over_level", over_level}},
        {{"validation_noise_over_fall", rule.fall}, {"validation_noise_over_level", rule.least}},
        "From one validation to the next the loss jumps by {} of its whole fall while the "
        "rate does not decay."};
  if (v.best > 0 && v.noise > rule.alone * v.end)
    return Jumps{{{"validation_noise_over_level", over_level}},
                 {{"validation_noise_over_level", rule.alone}},
                 "From one validation to the next the loss jumps by {} of its level while the rate "
                 "does not decay."};
  return {};
}

/// Of the train losses of epochs: over their level, and over their whole fall. Where validation rows
/// stand still it is dropout, or the few batches of an epoch, that jumps.
std::optional<Jumps> of_epochs(const Examination& run, const NoiseFloor& rule) {
  const CurveShape &s = run.train_shape(), &v = run.validation_shape();
  if (!run.train().by_epoch || !(s.end > 0 && s.best > 0)) return {};
  if (!jumps_about(run.train(), s)) return {};
  if (run.validated() && v.noise < 0.5 * rule.least * std::abs(v.end)) return {};
  if (!(s.noise > rule.epochs * s.end && s.noise > rule.whole * s.whole())) return {};
  Jumps jumps{{{"noise_over_level", s.noise / s.end}},
              {{"noise_over_level", rule.epochs}},
              "From one epoch to the next the loss jumps by {} of itself while the rate does not "
              "decay."};
  if (s.whole() > 0) {
    jumps.evidence.emplace_back("noise_over_fall", s.noise / s.whole());
    jumps.threshold.emplace_back("noise_over_fall", rule.whole);
  }
  return jumps;
}

// A rate that decays already was cut short by patience.
std::string remedy_of(const Examination& run) {
  const std::string schedule = configured(run, "schedule");
  if (schedule.empty() || schedule == "constant" || schedule == "none")
    return advise(run, {{"schedule", "cosine"}},
                  "let the rate decay (--schedule cosine), or a batch four times as large "
                  "(--batch)");
  Changes changes;
  std::int64_t batch = 0;
  if (read_option(configured(run, "batch"), batch).empty())
    changes.emplace_back("batch", std::to_string(4 * batch));
  return advise(run, changes,
                "a batch four times as large (--batch), or more patience: the rate had not come "
                "down yet");
}

}  // namespace

const char* NoiseFloor::needs(const Examination&) { return nullptr; }

std::optional<Finding> NoiseFloor::examine(const Examination& run) const {
  if (run.train().size() < kFew || run.decayed()) return {};
  for (const char* other :
       {"not_finite", "diverging", "accumulating_gradients", "swapped_splits", "memorised",
        "overfitting", "lr_too_large", "lr_too_small", "underfitting"})
    if (run.found(other)) return {};
  std::optional<Jumps> jumps = of_validations(run, *this);
  if (!jumps) jumps = of_epochs(run, *this);
  if (!jumps) return {};
  const double measured = jumps->evidence[0].second;
  Finding finding{.confidence = confidence_of(measured, jumps->threshold[0].second)};
  finding.summary = fmt::format(fmt::runtime(jumps->sentence), percent(measured));
  finding.from_step = run.train().place(run.train().size() * 7 / 10);
  finding.evidence = std::move(jumps->evidence);
  finding.threshold = std::move(jumps->threshold);
  finding.remedy = remedy_of(run);
  return finding;
}

}  // namespace downhill::symptom
