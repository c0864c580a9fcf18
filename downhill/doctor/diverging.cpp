#include "downhill/doctor/diverging.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {
namespace {

constexpr std::size_t kFewEpochs = 3;

}  // namespace

const char* Diverging::needs(const Examination&) { return nullptr; }

std::optional<Finding> Diverging::examine(const Examination& run) const {
  const bool ended = run.log().end && run.log().end->reason == Ended::diverging;
  const Curve curve = train_curve(run.log(), kFewEpochs);
  if (curve.size() < kFewEpochs && !ended && !run.found("not_finite")) return {};
  const CurveShape s = curve.empty() ? CurveShape{} : shape_of(curve);
  const double scale = std::max(std::abs(s.start), s.best < 0 ? s.whole() : 0);
  const double rise = scale > 0 ? (s.end - s.start) / scale : 0;
  const double noise = s.noise * (s.end > 0 ? std::min(1.0, std::abs(s.start) / s.end) : 1);
  const double error = std::hypot(s.end_error, curve.by_epoch ? noise : 0.72 * noise);
  const bool up = rise > grown && s.end - s.start > errors * error &&
                  s.above_start >= (curve.by_epoch ? above : 0.5 + 0.5 * above) &&
                  curve.size() >= kFewEpochs;
  const double last = curve.empty() ? 0 : curve.points.back().value;
  const bool broke = run.found("not_finite") && scale > 0 && curve.size() >= 2 &&
                     last > burst * std::abs(curve.points.front().value);
  if (!up && !broke && !ended) return {};
  Finding finding{.confidence = ended || broke ? 0.99 : confidence_of(rise, grown)};
  finding.summary =
      up      ? fmt::format("The train loss grew from {} to {}.", figure(s.start), figure(s.end))
      : broke ? fmt::format("The train loss grew from {} to {}, then it was not finite.",
                            figure(curve.points.front().value), figure(last))
              : "The run ended itself: the loss grew far above its first values.";
  if (!curve.empty()) finding.from_step = curve.place(s.best_place);
  finding.evidence = {{"rise_over_start", broke ? last / scale : rise}, {"standard_error", error}};
  finding.threshold = {{"rise_over_start", grown}, {"standard_errors", errors}};
  Changes changes = change_lr(run, 0.1);
  changes.emplace_back("clip-norm", "1");
  finding.remedy = advise(run, changes,
                          lr_words(run, 0.1) +
                              ", warm it up over the first twentieth of the steps (--warmup), or "
                              "clip gradients (--clip-norm 1)");
  return finding;
}

}  // namespace downhill::symptom
