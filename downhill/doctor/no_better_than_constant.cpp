#include "downhill/doctor/no_better_than_constant.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {
namespace {

bool flat(const Examination& run, double best) {
  const CurveShape& v = run.validation_shape();
  if (const auto constant = run.constant(); constant && v.best < best * *constant) return false;
  return v.start > 0 && v.best > best * v.start && v.start > best * run.train_shape().start &&
         !v.falls();
}

/// The loss of the delivered weights over that of the best constant.
std::optional<double> over_baseline(const EvaluationRecord* part) {
  if (part == nullptr || !part->loss || !part->baseline_loss || !(*part->baseline_loss > 0))
    return {};
  return *part->loss / *part->baseline_loss;
}

/// Whether a metric that has a zero of its own is clearly better than the constant's: a likelihood
/// holds terms that no model can change, so that its ratio says little.
bool better_by_metric(const EvaluationRecord* part, double best) {
  if (part == nullptr) return false;
  const auto ratio = [&](const char* metric) {
    const auto own = named(part->metrics, metric), base = named(part->baseline, metric);
    return own && base && *base > 0 ? *own / *base : 1;
  };
  return ratio("rmse") < best || ratio("mae") < best || ratio("log_loss") < best ||
         ratio("balanced_accuracy") > 1 / best;
}

}  // namespace

const char* NoBetterThanConstant::needs(const Examination& run) {
  return run.validated() ? nullptr : "validation loss or accuracy";
}

std::optional<Finding> NoBetterThanConstant::examine(const Examination& run) const {
  for (const char* other :
       {"not_finite", "diverging", "swapped_splits", "memorised", "class_collapse"})
    if (run.found(other)) return {};
  Finding finding;
  // Worse than the constant on the rows that it learnt from, by a few that outweigh all others.
  if (const auto trained = over_baseline(run.part(Split::train)); trained && *trained > 1) {
    finding.summary =
        fmt::format("The train loss of the delivered weights is {} of that of the best constant.",
                    percent(*trained));
    finding.confidence = 0.8;
    finding.evidence = {{"train_loss_over_constant", *trained}};
    finding.threshold = {{"train_loss_over_constant", 1}};
    finding.remedy =
        "look at the rows that pull hardest (downhill curvature names them) and at inputs far out; "
        "then a lower rate, a longer run, or a loss that bounds the pull of a row (huber)";
    return finding;
  }
  const double train = run.train_shape().fallen();
  if (run.found("lr_too_small") || run.found("dead_units")) return {};
  const auto right = run.accuracy().values();
  // Rows that nothing was trained on, else those that were.
  const EvaluationRecord* part = run.part(Split::validation);
  if (part == nullptr) part = run.part(Split::train);
  const auto baseline = over_baseline(part);
  if (better_by_metric(part, best) || run.better_than_constant()) return {};
  if (baseline && *baseline > best) {
    finding.summary = fmt::format("The {} loss is {} of that of the best constant.", part->split,
                                  percent(*baseline));
    finding.confidence = 0.8;
    finding.evidence = {{"loss_over_constant", *baseline}};
    finding.threshold = {{"loss_over_constant", best}};
  } else if (baseline) {
    return {};  // it is better, whatever a price makes of the accuracy
  } else if (run.learnt_at_once()) {
    return {};
  } else if (right.size() >= Examination::kLeastPoints && train < fallen &&
             std::ranges::max(right) < right.front() + gain &&
             shape_of(run.accuracy()).end < accuracy) {
    finding.summary = fmt::format("The validation accuracy stays at {}, as it began.",
                                  figure(shape_of(run.accuracy()).end));
    finding.confidence = 0.7;
    finding.evidence = {{"accuracy_gain", std::ranges::max(right) - right.front()},
                        {"fallen", train}};
    finding.threshold = {{"accuracy_gain", gain}, {"fallen", fallen}};
  } else if (run.validated() && run.judged() && train < fallen && flat(run, best)) {
    const CurveShape& v = run.validation_shape();
    finding.summary = fmt::format("The validation loss hardly fell: from {} to {} at best.",
                                  figure(v.start), figure(v.best));
    finding.confidence = 0.6;
    finding.evidence = {{"best_over_first", v.best / v.start}, {"fallen", train}};
    finding.threshold = {{"best_over_first", best}, {"fallen", fallen}};
  } else {
    return {};
  }
  finding.remedy =
      "look whether inputs and targets belong together and whether the inputs say anything of the "
      "target; then a higher rate, a longer run, a larger model";
  return finding;
}

}  // namespace downhill::symptom
