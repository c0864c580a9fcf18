#include "downhill/doctor/overfitting.h"

#include <fmt/format.h>

#include <algorithm>

namespace downhill::symptom {
namespace {

constexpr const char* kPrechelt = "GL of Prechelt 1998";

// The median of the three losses around the first point at or after `when`.
double level_at(const Curve& curve, const Curve::Point& when) {
  const bool by_step = when.step > 0 && curve.points.back().step > 0;
  const auto before = [&](const Curve::Point& point) {
    return by_step ? point.step < when.step : point.epoch < when.epoch;
  };
  const auto smooth = smoothed(curve.losses());
  std::size_t place = 0;
  while (place + 1 < curve.size() && before(curve.points[place])) ++place;
  return smooth[place];
}

std::vector<std::string> remedies(const Examination& run, const Curve::Point& best) {
  const auto& end = run.log().end;
  std::vector<std::string> list;
  if (end && end->best_epoch) {
    list.push_back(fmt::format("nothing for these weights: those of epoch {} were restored",
                               *end->best_epoch));
  } else if (best.epoch > 0) {
    list.push_back(
        fmt::format("stop at epoch {} (the run had {}), or use early stopping with the "
                    "best weights restored",
                    best.epoch, run.epochs()));
  } else {
    list.push_back(fmt::format("stop at step {}, or use early stopping", best.step));
  }
  list.push_back("weight decay: adamw:weight_decay=0.1, or ten times the present one");
  list.push_back("dropout 0.2 to 0.5, a smaller model, or more training data");
  return list;
}

}  // namespace

std::optional<Finding> Overfitting::examine(const Examination& run) {
  const auto& options = run.options();
  const Curve& validation = run.validation();
  const Curve& train = run.train();
  if (!run.enough(validation) || !run.enough(train)) return {};

  const auto losses = validation.losses();
  const auto smooth = smoothed(losses);
  const auto place = std::min_element(smooth.begin(), smooth.end()) - smooth.begin();
  const Curve::Point& best = validation.points[static_cast<std::size_t>(place)];
  const double lowest = smooth[static_cast<std::size_t>(place)];
  const double since = static_cast<double>(validation.size()) - 1 - static_cast<double>(place);
  const double rise = run.end_level(validation) - lowest;
  const double scale = loss_scale(losses, lowest, options.zero_loss);
  const double gl = scale > 0 ? 100 * rise / scale : 0;
  const double noise = noise_of(losses);
  const double train_then = level_at(train, best), train_now = run.end_level(train);

  const bool fired = gl > options.overfit_gl && rise > options.overfit_noise * noise &&
                     since >= static_cast<double>(options.overfit_patience) &&
                     train_now < train_then;
  if (!fired) return {};

  const double start = train.points.front().loss;
  const bool memorised = train_now < options.memorised * start;
  const std::string when =
      best.epoch > 0 ? fmt::format("epoch {}", best.epoch) : fmt::format("step {}", best.step);
  Finding finding;
  finding.summary = fmt::format(
      "The validation loss was lowest around {} and rose by {:.3g} % since, while the train loss "
      "fell{}.",
      when, gl, memorised ? ": the training data are memorised" : "");
  finding.evidence = {
      {"validation loss above its best, %", gl, options.overfit_gl, kPrechelt},
      {"the same in standard deviations of its noise", noise > 0 ? rise / noise : kInfinity,
       options.overfit_noise, "robust: second differences"},
      {"validations since the best", since, static_cast<double>(options.overfit_patience),
       kPrechelt},
      {"train loss at the end, against that at the best validation", train_now, train_then, ""},
  };
  if (memorised)
    finding.evidence.push_back({"train loss over its start: memorised",
                                start > 0 ? train_now / start : 0, options.memorised, ""});
  finding.remedies = remedies(run, best);
  return finding;
}

}  // namespace downhill::symptom
