#include "downhill/doctor/swapped_splits.h"

#include <fmt/format.h>

#include <numbers>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {
namespace {

constexpr double kMost = 0.9;  // fall of a train loss that is still much

/// How many times more validation rows are wrong than their loss allows: a row that is wrong loses log 2 at least.
double wrong_over_loss(const Examination& run) {
  const auto right = run.accuracy().values();
  if (right.size() < Examination::kLeastPoints || !(run.validation_shape().end > 0)) return 0;
  return (1 - shape_of(run.accuracy()).end) * std::numbers::ln2 / run.validation_shape().end;
}

}  // namespace

const char* SwappedSplits::needs(const Examination& run) {
  return run.validated() ? nullptr : "validation losses, five at least";
}

std::optional<Finding> SwappedSplits::examine(const Examination& run) const {
  if (!run.validated() || !run.judged() || !run.train().by_epoch || run.found("diverging"))
    return {};
  const CurveShape &train = run.train_shape(), &validation = run.validation_shape();
  if (!(train.start > 0) || !(train.end > 0)) return {};
  const double begin = validation.start / train.start, ratio = validation.end / train.end;
  const bool turned = train.best_place < train.points * 4 / 5 &&
                      train.end - train.best > 0.02 * train.best && train.end > validation.end;
  const bool stands = !train.falls() && validation.falls();
  // No dropout does that.
  const bool beyond =
      ratio < far && (!train.falls() || (3 * ratio < far && train.fallen() < kMost));
  // A train loss is the mean over an epoch, at whose end rows that were not learnt from lose less, as a rule.
  const bool apart = begin > above && ratio < below;
  // What lost so little are not the rows that were counted.
  const bool others = ratio < 0.5 && wrong_over_loss(run) > wrong;
  if (!beyond && !apart && !others && !(begin >= first && ratio < end && (turned || stands)))
    return {};
  Finding finding{.confidence = confidence_of(1 / ratio, 1 / end)};
  finding.from_step = run.train().place(0);
  finding.summary =
      fmt::format("The validation loss ends at {}, the train loss at {}: are the two exchanged?",
                  figure(validation.end), figure(train.end));
  finding.evidence = {{"first_validation_over_train", begin},
                      {"last_validation_over_train", ratio}};
  finding.threshold = {{"first_validation_over_train", first}, {"last_validation_over_train", end}};
  finding.remedy = "look which rows each loader is given, and which name each curve has";
  return finding;
}

}  // namespace downhill::symptom
