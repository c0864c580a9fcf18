#include "downhill/doctor/overfitting.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {
namespace {

/// The train loss at the time of a validation: the level of a tenth of the run around it, as that of
/// the end is.
double train_at(const Examination& run, const Curve::Point& when) {
  const Curve& train = run.train();
  const bool by_step = when.step > 0 && train.points.back().step > 0;
  const auto smooth =
      smoothed(train.values(), train.by_epoch ? 3 : std::max<std::size_t>(3, train.size() / 10));
  std::size_t place = 0;
  while (place + 1 < train.size() &&
         (by_step ? train.points[place].step < when.step : train.points[place].epoch < when.epoch))
    ++place;
  return smooth[place];
}

/// Whether the accuracies are counts out of fewer than 40 rows, one or two of which make a loss. One that
/// never moves counts nothing.
bool few_rows(const Examination& run) {
  constexpr int kFew = 40;
  const auto right = run.accuracy().values();
  if (right.size() < Examination::kLeastPoints ||
      std::ranges::min(right) == std::ranges::max(right))
    return false;
  const auto counted = [&](int rows) {
    return std::ranges::all_of(right, [&](double share) {
      const double count = share * rows;
      return std::abs(count - std::round(count)) < 1e-3 * rows;
    });
  };
  for (int rows = 1; rows < kFew; ++rows)
    if (counted(rows)) return true;
  return false;
}

/// Whether fewer rows are right at the end than when the validation loss was lowest.
bool fewer_right(const Examination& run) {
  const auto right = run.accuracy().values();
  const std::size_t best = std::min(run.validation_shape().best_place, right.size() - 1);
  return shape_of(run.accuracy()).end < right[best];
}

/// Whether the loss rises significantly from that place on.
bool rises_since(const Curve& curve, std::size_t place) {
  const auto values = curve.values();
  const auto since = std::span(values).subspan(place);
  return since.size() >= 8 && mann_kendall_z(since) >= 4;
}

// Early stopping if the run had none, else what makes the gap smaller.
Changes next(const Examination& run) {
  const std::string patience = configured(run, "patience");
  if (patience.empty() || patience == "0") return {{"patience", "10"}};
  return change_model(run, "dropout", "0.2");
}

}  // namespace

const char* Overfitting::needs(const Examination& run) {
  return run.validated() ? nullptr : "validation losses, five at least";
}

std::optional<Finding> Overfitting::examine(const Examination& run) const {
  if (!run.validated() || !run.judged()) return {};
  for (const char* other : {"diverging", "swapped_splits", "memorised"})
    if (run.found(other)) return {};
  if (few_rows(run) && !fewer_right(run)) return {};
  const Curve& validation = run.validation();
  const CurveShape& v = run.validation_shape();
  const double scale = v.best > 0 ? v.best : v.whole();
  const double gl = scale > 0 ? (v.end - v.best) / scale : 0;
  const double jumps = noise_of(validation.values());
  const double place = static_cast<double>(v.best_place) / static_cast<double>(v.points - 1);
  const double then = train_at(run, validation.points[v.best_place]);
  const bool clear = v.rises() || rises_since(validation, v.best_place) ||
                     (place < early && v.end - v.best > noise * jumps);
  const double part = v.whole() > 0 ? (v.end - v.best) / v.whole() : kInfinity;
  if (!(gl > rise && part > whole && clear && run.train_shape().end < then)) return {};
  Finding finding{.confidence = confidence_of(gl, rise)};
  // The lowest as the log has it, which is what early stopping would keep.
  const auto values = validation.values();
  const auto lowest = static_cast<std::size_t>(std::ranges::min_element(values) - values.begin());
  finding.from_step = validation.place(lowest);
  const auto best = validation.points[lowest];
  finding.summary = fmt::format(
      "The validation loss was lowest at {} {}, {}, and rose to {} since, while the train loss "
      "fell.",
      best.epoch > 0 ? "epoch" : "step", best.epoch > 0 ? best.epoch : best.step,
      figure(best.value), figure(v.end));
  finding.evidence = {{"validation_rise", gl},   {"noise", jumps},
                      {"rise_over_fall", part},  {"best_at", place},
                      {"train_loss_then", then}, {"train_loss_now", run.train_shape().end}};
  finding.threshold = {{"validation_rise", rise},
                       {"rise_over_fall", whole},
                       {"standard_deviations", noise},
                       {"best_at", early}};
  finding.remedy =
      advise(run, next(run),
             "stop at the best epoch (--patience 10) and keep its weights; then dropout "
             "(--model mlp:64,dropout=0.2), weight decay, or more data");
  return finding;
}

}  // namespace downhill::symptom
