#include "downhill/doctor/diverging.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {
namespace {

constexpr std::size_t kFewEpochs = 3;

/// By step: at once, and for good: from the third step on 19 of 20 losses lie above the first two, and the
/// end at twice these. Of batches whose noise is all that moves one in 400 has two such beginnings. Of
/// classes the first loss alone: it is that of even shares, whatever the rows.
bool blew_up(const Examination& run, const Curve& curve, const CurveShape& s) {
  if (curve.by_epoch || curve.size() < 20) return false;
  const auto losses = curve.values();
  const bool classes = !run.accuracy().empty();
  const double begin = run.begun_at(classes ? losses[0] : std::max(losses[0], losses[1]));
  const auto rest = std::span(losses).subspan(2);
  const auto above = std::ranges::count_if(rest, [&](double loss) { return loss > begin; });
  return begin > 0 && s.end > 2 * begin &&
         static_cast<double>(above) >= 0.95 * static_cast<double>(rest.size());
}

/// Where a fifth of the batches lose nothing while some lose much, the mean tells what a median does not: it
/// lies above the first two losses by half of them and four standard errors. Batches of one row, whose
/// losses jump by nature, lose a hundredth of their mean in one of twelve.
double mean_over_first(const Examination& run) {
  const auto steps = run.finite_steps();
  if (steps.size() < 40) return 0;
  const double first = run.begun_at(std::max(steps[0]->loss, steps[1]->loss));
  const auto last = std::span(steps).subspan(steps.size() * 7 / 10);
  const auto count = static_cast<double>(last.size());
  double mean = 0, square = 0, nothing = 0;
  for (const StepRecord* step : last) mean += step->loss / count;
  for (const StepRecord* step : last) {
    square += (step->loss - mean) * (step->loss - mean) / count;
    nothing += step->loss < 0.01 * mean ? 1 / count : 0;
  }
  const double least = mean - 4 * std::sqrt(square / count);
  return first > 0 && least > 1.5 * first && nothing > 0.2 ? mean / first : 0;
}

/// The mean of the last epoch, of a log of few epochs that is judged by its steps.
double last_mean(const Examination& run, double otherwise) {
  const auto& epochs = run.log().epochs;
  const auto last = std::find_if(epochs.rbegin(), epochs.rend(), [](const EpochRecord& record) {
    return record.split == Split::train;
  });
  return last != epochs.rend() ? last->loss : otherwise;
}

}  // namespace

const char* Diverging::needs(const Examination&) { return nullptr; }

std::optional<Finding> Diverging::examine(const Examination& run) const {
  const bool ended = run.log().end && run.log().end->reason == Ended::diverging;
  // Sorted rows: the batches of a class that was not seen for long lose more than the first did.
  if (run.found("data_not_shuffled") && !ended && !run.found("not_finite")) return {};
  const Curve curve = train_curve(run.log(), kFewEpochs);
  if (curve.size() < kFewEpochs && !ended && !run.found("not_finite")) return {};
  CurveShape s = curve.empty() ? CurveShape{} : shape_of(curve);
  if (s.start > 0 && !curve.by_epoch) s.start = run.begun_at(s.start);
  const double scale = std::max(std::abs(s.start), s.best < 0 ? s.whole() : 0);
  const double rise = scale > 0 ? (s.end - s.start) / scale : 0;
  // The noise of a few steps' end alone may be small by chance.
  const double of_all = curve.by_epoch ? 0 : noise_of(curve.values());
  const double noise =
      std::max(s.noise, of_all) * (s.end > 0 ? std::min(1.0, std::abs(s.start) / s.end) : 1);
  const double error = std::hypot(s.end_error, curve.by_epoch ? noise : 0.72 * noise);
  const double mean = curve.by_epoch ? s.end : last_mean(run, s.end);
  const bool up =
      rise > grown && !(mean - s.start <= grown * scale) && s.end - s.start > errors * error &&
      s.above_start >= (curve.by_epoch ? above : 0.5 + 0.5 * above) && curve.size() >= kFewEpochs;
  const double heavy = mean_over_first(run);
  const bool blown = blew_up(run, curve, s) || heavy > 0;
  // No guess by the shares of fewer than 3000 classes loses that much.
  const bool confident =
      !run.accuracy().empty() && run.in_nats() && s.end > wrong && !s.falls_late();
  // Validation that falls as training rises: the two are exchanged.
  const CurveShape& v = run.validation_shape();
  const bool exchanged = run.validated() && v.end < 0.5 * v.start && v.end < s.end;
  const double last = curve.empty() ? 0 : curve.points.back().value;
  const bool broke = run.found("not_finite") && scale > 0 && curve.size() >= 2 &&
                     last > burst * std::abs(curve.points.front().value);
  if (!broke && !ended && !confident && (exchanged || (!up && !blown))) return {};
  Finding finding{.confidence = ended || broke ? 0.99 : confidence_of(blown ? 2.0 : rise, grown)};
  finding.summary =
      up || blown ? fmt::format("The train loss grew from {} to {}.",
                                figure(blown ? curve.points.front().value : s.start),
                                figure(heavy > 0 ? heavy * curve.points.front().value : s.end))
      : confident ? fmt::format("The train loss stands at {}, above that of any constant guess.",
                                figure(s.end))
      : broke     ? fmt::format("The train loss grew from {} to {}, then it was not finite.",
                                figure(curve.points.front().value), figure(last))
                  : "The run ended itself: the loss grew far above its first values.";
  if (!curve.empty()) finding.from_step = curve.place(s.best_place);
  finding.evidence = {{"rise_over_start", broke ? last / scale : rise}};
  if (error > 0) finding.evidence.emplace_back("standard_errors", (s.end - s.start) / error);
  finding.threshold = {{"rise_over_start", grown}};
  if (error > 0) finding.threshold.emplace_back("standard_errors", errors);
  Changes changes = change_lr(run, 0.1);
  changes.emplace_back("clip-norm", "1");
  finding.remedy = advise(run, changes,
                          lr_words(run, 0.1) +
                              ", warm it up over the first twentieth of the steps (--warmup), or "
                              "clip gradients (--clip-norm 1)");
  return finding;
}

}  // namespace downhill::symptom
