#include "downhill/doctor/underfitting.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/doctor/remedy.h"
#include "downhill/doctor/slow.h"

namespace downhill::symptom {
namespace {

/// Of two to four validation losses that all fall: the last fall over the one before it, or over a tenth
/// of the whole fall. Where the rate came down the last fall is what that brings.
double last_drop(const Examination& run, double drop) {
  constexpr double kPart = 0.02, kMuch = 0.1;
  if (run.decayed()) return 0;
  const auto losses = run.validation().values();
  if (losses.size() < 2 || losses.size() >= Examination::kLeastPoints) return 0;
  for (std::size_t i = 1; i < losses.size(); ++i)
    if (!(losses[i] < losses[i - 1])) return 0;
  const double before = losses[losses.size() - 2], fall = before - losses.back();
  const double part = fall / std::max(run.train_shape().start - losses.back(), fall);
  if (part < kPart) return 0;
  return std::max(before > 0 ? fall / before : 0, drop / kMuch * part);
}

}  // namespace

const char* Underfitting::needs(const Examination&) { return nullptr; }

std::optional<EarlyEnd> Underfitting::falling(const Examination& run) const {
  constexpr const char* kLast =
      "The loss still fell at the end: by {} of its whole fall over the last three tenths.";
  if (run.restarted()) return {};  // every cycle ends with a fall
  const StillFalling end = still_falling(run);
  // A rate that decayed leaves a flat end, and one that begins anew a steep one.
  if (run.decayed()) {
    const Pace pace = pace_of(run);
    if (pace.half > slow && pace.ninety > 0.75 && pace.left > 2 * left)
      return EarlyEnd{"half_of_the_fall", pace.half, slow,
                      "The rate decayed before the loss was down: half of the fall took {} of it."};
    if (pace.left < 1.5 * left) return {};
  }
  if (const double least = run.validated() ? left : alone; end.significant && end.left > least)
    return EarlyEnd{"still_falling", end.left, least, kLast};
  if (end.both && end.left > 1.5 * steady)
    return EarlyEnd{"both_still_falling", end.left, 1.5 * steady, kLast};
  const CurveShape &s = run.train_shape(), &v = run.validation_shape();
  if (!run.validated() && !run.train().by_epoch && s.late() > late &&
      s.half_z <= -needed_z((s.points + 1) / 2, 2))
    return EarlyEnd{
        "late_fall", s.late(), late,
        "The loss still fell at the end: by {} of its whole fall over the second half."};
  if (run.validated() && !run.rates().empty() && !run.decayed() && v.z <= -needed_z(v.last, 4) &&
      v.still() > steady)
    return EarlyEnd{"validation_still_falling", v.still(), steady,
                    "The validation loss still fell at the end, at a constant rate: by {} of its "
                    "whole fall over the last three tenths."};
  return {};
}

std::optional<Finding> Underfitting::examine(const Examination& run) const {
  for (const char* other : {"not_finite", "diverging", "accumulating_gradients", "swapped_splits",
                            "memorised", "overfitting", "lr_too_large", "lr_too_small"})
    if (run.found(other)) return {};
  const double before = run.promised().value_or(0), last = last_drop(run, drop);
  EarlyEnd shown;
  if (before > promised)
    shown = {"still_before_it", before, promised,
             "The quadratic model sees {} of the way down still before it."};
  else if (last > drop)
    shown = {"last_fall", last, drop, "The last of few validation losses fell by {}."};
  else if (const std::optional<EarlyEnd> early = falling(run)) shown = *early;
  else return {};
  const double share = std::max(still_falling(run).left, run.decayed() ? pace_of(run).left : 0);
  Finding finding{.confidence =
                      std::max({confidence_of(share, left), confidence_of(before, promised),
                                confidence_of(last, drop)})};
  finding.summary = fmt::format(fmt::runtime(shown.summary), percent(shown.share));
  if (!run.train().empty()) finding.from_step = run.train().place(run.train().size() * 7 / 10);
  finding.evidence = {{shown.evidence, shown.share}};
  finding.threshold = {{shown.evidence, shown.threshold}};
  const std::int64_t twice = 2 * run.epochs();
  Changes changes;
  if (twice > 0) changes.emplace_back("epochs", std::to_string(twice));
  finding.remedy =
      advise(run, changes,
             twice > 0 ? fmt::format("train longer: {} epochs (--epochs {})", twice, twice)
                       : fmt::format("train longer: {} steps", 2 * run.steps()));
  return finding;
}

}  // namespace downhill::symptom
