#include "downhill/doctor/class_collapse.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {
namespace {

/// The one accuracy that nearly all validations have, if the last has it and the first too.
std::optional<double> constant_accuracy(const Examination& run, double same) {
  const auto values = run.accuracy().values();
  if (values.size() < Examination::kLeastPoints) return {};
  std::map<double, std::size_t> counts;
  for (const double value : values) ++counts[value];
  const auto most = std::ranges::max_element(counts, {}, [](const auto& c) { return c.second; });
  const double part = static_cast<double>(most->second) / static_cast<double>(values.size());
  if (part < same || values.back() != most->first || values.front() != most->first) return {};
  return most->first;
}

/// What the loss is of always predicting one class, whose share is `accuracy`, with that share as its
/// probability.
double constant_loss(double accuracy) {
  const double other = 1 - accuracy;
  return -accuracy * std::log(accuracy) - (other > 0 ? other * std::log(other) : 0);
}

/// The accuracy of the end if it is the highest of all, did not move from some time on though the loss
/// of the same rows did, and that loss is no lower than that of always predicting one class.
std::optional<double> settled_accuracy(const Examination& run, double part, double moved,
                                       double perfect) {
  const auto right = run.accuracy().values();
  const auto losses = run.validation().values();
  if (right.size() < Examination::kLeastPoints || losses.size() != right.size() || !run.in_nats())
    return {};
  const double last = right.back();
  std::size_t from = right.size();
  while (from > 0 && right[from - 1] == last) --from;
  const double stays = static_cast<double>(right.size() - from),
               all = static_cast<double>(right.size());
  if (last < std::ranges::max(right) || !(last > 0) || !(last < 1)) return {};
  const double guess = constant_loss(last);
  const bool early = stays >= part * all && losses.back() < (1 - moved) * losses[from];
  const bool apart = losses.back() > 5 * guess;
  const bool far = stays >= 0.5 * part * all && apart;  // it has not learnt yet
  // Where nearly all rows are right, a loss far above is one that cannot fall to that: of smoothed labels.
  if (apart && last >= perfect) return {};
  if (stays < 4 || losses.back() < guess || !(early || far)) return {};
  return last;
}

/// The accuracy of the end, if a class that makes up as much explains it better than what was learnt: the
/// loss has hardly fallen and is far above that of always predicting that class.
std::optional<double> early_accuracy(const Examination& run, const ClassCollapse& s) {
  constexpr std::size_t kFew = 3;
  const auto right = run.accuracy().values();
  const CurveShape& v = run.validation_shape();
  if (right.size() < kFew || v.points != right.size() || !run.judged() || !run.in_nats()) return {};
  const double last = right.back(), loss = run.validation().points.back().value;
  const double start = std::max(run.train_shape().start, v.start);
  if (last < s.often || !(last < 1) || !(v.best > (1 - s.hardly) * start)) return {};
  return loss > s.unsure * constant_loss(last) ? std::optional(last) : std::nullopt;
}

/// Training rows lose far less than always predicting one class would: it is not what the model does, and
/// an accuracy that stands still is that of few validation rows.
bool knows_more(const Examination& run, double accuracy) {
  return accuracy > 0 && accuracy < 1 && run.judged() && run.in_nats() &&
         run.train_shape().end < 0.4 * constant_loss(accuracy);
}

/// Accuracy and F1 score at the end.
std::optional<std::pair<double, double>> f1_below_accuracy(const Examination& run) {
  const Curve f1 = curve_of(run.log(), Split::validation,
                            [](const EpochRecord& r) { return named(r.metrics, "f1"); });
  if (f1.size() < Examination::kLeastPoints || run.accuracy().empty()) return {};
  return std::pair(shape_of(run.accuracy()).end, shape_of(f1).end);
}

/// Rows of every class are predicted right, and more of them than by the best constant: whatever a curve
/// looks like, no class is lost. (The loss of smoothed labels, say, cannot fall below their entropy.)
bool every_class_is_seen(const RunLog& log) {
  return std::ranges::any_of(log.evaluations, [](const EvaluationRecord& part) {
    const auto accuracy = named(part.metrics, "accuracy"), base = named(part.baseline, "accuracy");
    return !part.classes.empty() && accuracy && base && *accuracy > *base &&
           std::ranges::all_of(part.classes, [](const ClassRecord& c) {
             return c.weight == 0 || c.recall.value_or(0) > 0;
           });
  });
}

/// Whether the run's loss has prices that its author set: of a missed row, of classes, or in a formula.
/// What they make of the classes is what was asked for.
bool priced(const Examination& run) {
  const std::string loss = configured(run, "loss");
  return !configured(run, "cost_missed").empty() || !configured(run, "class_weight").empty() ||
         loss.find("weight=") != std::string::npos || loss.find('(') != std::string::npos;
}

/// A class so rare that true probabilities may nowhere make it the most probable: whether it was learnt is
/// told by the order of rows and by the loss, not by which class is predicted.
bool has_rare_class(const Examination& run) {
  constexpr double kRare = 0.2;
  const EvaluationRecord* part = run.part(Split::train);
  if (part == nullptr) return false;
  double all = 0, least = kInfinity;
  for (const ClassRecord& c : part->classes) {
    all += c.weight;
    least = std::min(least, c.weight);
  }
  return least < kRare * all;
}

/// A class without one right row, where the accuracy is no better than the constant's.
const ClassRecord* lost_class(const EvaluationRecord* part) {
  if (part == nullptr) return nullptr;
  const auto accuracy = named(part->metrics, "accuracy"), base = named(part->baseline, "accuracy");
  if (!accuracy || !base || *accuracy > *base) return nullptr;
  for (const ClassRecord& c : part->classes)
    if (c.weight > 0 && c.recall && *c.recall == 0) return &c;
  return nullptr;
}

}  // namespace

const char* ClassCollapse::needs(const Examination& run) {
  if (configured(run, "task") == "numbers") return nullptr;
  return run.accuracy().size() < Examination::kLeastPoints
             ? "validation accuracy, or recall per class"
             : nullptr;
}

std::optional<Finding> ClassCollapse::examine(const Examination& run) const {
  if (every_class_is_seen(run.log()) || priced(run)) return {};
  if (has_rare_class(run) && run.better_than_constant()) return {};
  if (run.ended_broken()) return {};  // of NaN every row is of the first class
  Finding finding;
  if (const auto one = constant_accuracy(run, same);
      one && *one < perfect && !knows_more(run, *one)) {
    finding.confidence = 0.8;
    finding.summary = fmt::format(
        "The validation accuracy stays at exactly {}: one class is predicted for every row.",
        figure(*one));
    finding.evidence = {{"accuracy", *one}};
    finding.threshold = {{"share_of_one_accuracy", same}, {"accuracy", perfect}};
  } else if (const auto stuck = settled_accuracy(run, settled, moved, perfect);
             stuck && !knows_more(run, *stuck)) {
    finding.confidence = 0.6;
    finding.summary = fmt::format(
        "The validation accuracy stays at exactly {} while the loss moves, and that loss ({}) is "
        "no "
        "lower than that of always predicting one class ({}).",
        figure(*stuck), figure(run.validation().points.back().value),
        figure(constant_loss(*stuck)));
    finding.evidence = {{"validation_loss", run.validation().points.back().value}};
    finding.threshold = {{"validation_loss", constant_loss(*stuck)},
                         {"share_of_one_accuracy", settled}};
  } else if (const auto frequent = early_accuracy(run, *this)) {
    const double loss = run.validation().points.back().value;
    finding.confidence = confidence_of(loss / constant_loss(*frequent), unsure);
    finding.summary = fmt::format(
        "The validation accuracy is {} and the loss, {}, has hardly fallen, far above that of "
        "always "
        "predicting a class of that share ({}): what is right is the frequent class.",
        figure(*frequent), figure(loss), figure(constant_loss(*frequent)));
    finding.evidence = {{"loss_over_constant", loss / constant_loss(*frequent)}};
    finding.threshold = {{"loss_over_constant", unsure}};
  } else if (const auto far = f1_below_accuracy(run); far && far->first - far->second > gap) {
    finding.confidence = confidence_of(far->first - far->second, gap);
    finding.summary = fmt::format(
        "The validation accuracy is {} and the F1 score {}: rare classes are not predicted.",
        figure(far->first), figure(far->second));
    finding.evidence = {{"accuracy_minus_f1", far->first - far->second}};
    finding.threshold = {{"accuracy_minus_f1", gap}};
  } else if (const ClassRecord* lost = lost_class(run.part(Split::train))) {
    finding.confidence = 0.9;
    finding.summary = fmt::format("Class {} is never predicted right.", lost->name);
    finding.evidence = {{"recall", lost->recall.value_or(0)}, {"rows", lost->weight}};
    finding.threshold = {{"recall", 0}};
  } else {
    return {};
  }
  finding.remedy = advise(run, {{"class-weight", "balanced"}},
                          "weigh the classes by their counts (--class-weight balanced), and train "
                          "longer");
  return finding;
}

}  // namespace downhill::symptom
