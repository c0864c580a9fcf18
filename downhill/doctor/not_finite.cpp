#include "downhill/doctor/not_finite.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {
namespace {

struct Place {
  std::int64_t step, epoch;
  double value;
  std::string text() const {
    return epoch > 0 ? fmt::format("epoch {}", epoch) : fmt::format("step {}", step);
  }
};

std::optional<Place> first_loss(const RunLog& log, Split split) {
  const auto bad = [&](const auto& r) { return r.split == split && !std::isfinite(r.loss); };
  const auto step = std::ranges::find_if(log.steps, bad);
  if (step != log.steps.end()) return Place{step->step, 0, step->loss};
  const auto epoch = std::ranges::find_if(log.epochs, bad);
  if (epoch != log.epochs.end()) return Place{epoch->step, epoch->epoch, epoch->loss};
  return {};
}

std::optional<Place> first_gradient(const RunLog& log) {
  const auto bad = [](const auto& r) {
    return r.gradient_norm && !std::isfinite(*r.gradient_norm);
  };
  const auto step = std::ranges::find_if(log.steps, bad);
  if (step != log.steps.end()) return Place{step->step, 0, *step->gradient_norm};
  const auto epoch = std::ranges::find_if(log.epochs, bad);
  if (epoch != log.epochs.end()) return Place{epoch->step, epoch->epoch, *epoch->gradient_norm};
  return {};
}

}  // namespace

const char* NotFinite::needs(const Examination&) { return nullptr; }

std::optional<Finding> NotFinite::examine(const Examination& run) const {
  const RunLog& log = run.log();
  const auto train = first_loss(log, Split::train), validation = first_loss(log, Split::validation);
  const auto gradient = first_gradient(log);
  const bool ended = log.end && log.end->reason == Ended::non_finite;
  if (!train && !validation && !gradient && !ended) return {};
  Finding finding{.confidence = 0.99};
  if (train) {
    finding.summary = fmt::format("The train loss is not finite from {} on.", train->text());
  } else if (gradient) {
    finding.summary = fmt::format("The gradient is not finite from {} on.", gradient->text());
  } else if (validation) {
    finding.summary =
        fmt::format("The validation loss is not finite from {} on.", validation->text());
  } else {
    finding.summary = "The run ended in numbers that are not finite.";
  }
  if (log.end && !log.end->message.empty())
    finding.summary += fmt::format(" ({})", log.end->message);
  const auto add = [&](const char* what, const std::optional<Place>& place) {
    if (!place) return;
    finding.evidence.emplace_back(what, place->value);
    finding.threshold.emplace_back(what, std::numeric_limits<double>::infinity());
    if (finding.from_step == 0) finding.from_step = place->step > 0 ? place->step : place->epoch;
  };
  add("train_loss", train);
  add("gradient_norm", gradient);
  add("validation_loss", validation);
  Changes changes = change_lr(run, 0.1);
  changes.emplace_back("clip-norm", "1");
  finding.remedy =
      train || gradient || ended
          ? advise(run, changes,
                   fmt::format("{}, clip gradients at norm 1 (--clip-norm 1), and look for wild or "
                               "missing values in the data",
                               lr_words(run, 0.1)))
          : "look for validation rows on which the loss is not defined: a logarithm or root of a "
            "negative prediction, a wild value";
  return finding;
}

}  // namespace downhill::symptom
