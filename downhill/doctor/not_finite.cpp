#include "downhill/doctor/not_finite.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {
namespace {

std::string place_text(std::int64_t step, std::int64_t epoch) {
  return epoch > 0 ? fmt::format("epoch {}", epoch) : fmt::format("step {}", step);
}

/// Where figures are not finite.
struct Place {
  std::int64_t step = 0, epoch = 0;  ///< of the first
  double value = 0;
  std::size_t count = 0, of = 0;
  std::size_t at_end = 0;  ///< how many in a row at the end
  std::string end = {};    ///< where these begin

  bool on() const { return at_end > 0; }
  std::string text() const {
    if (on() && at_end == count) return fmt::format("not finite from {} on", end);
    const std::string all = fmt::format("at {} of {} {}, the first {}", count, of,
                                        epoch > 0 ? "epochs" : "steps", place_text(step, epoch));
    return on() ? fmt::format("not finite from {} on, {}", end, all) : "not finite " + all;
  }
};

std::int64_t epoch_of(const StepRecord&) { return 0; }
std::int64_t epoch_of(const EpochRecord& record) { return record.epoch; }

template <class Records, class Figure>
std::optional<Place> first_of(const Records& records, const Figure& figure) {
  std::optional<Place> place;
  std::size_t told = 0;
  for (const auto& record : records) {
    const std::optional<double> value = figure(record);
    if (!value) continue;
    ++told;
    const bool bad = !std::isfinite(*value);
    if (bad && !place) place = {.step = record.step, .epoch = epoch_of(record), .value = *value};
    if (!place) continue;
    if (bad && !place->on()) place->end = place_text(record.step, epoch_of(record));
    place->count += bad ? 1 : 0;
    place->at_end = bad ? place->at_end + 1 : 0;
  }
  if (place) place->of = told;
  return place;
}

template <class Figure>
std::optional<Place> first_of(const RunLog& log, const Figure& figure) {
  const auto steps = first_of(log.steps, figure);
  return steps ? steps : first_of(log.epochs, figure);
}

std::optional<Place> first_loss(const RunLog& log, Split split) {
  return first_of(log, [&](const auto& record) {
    return record.split == split ? std::optional(record.loss) : std::nullopt;
  });
}

// A few steps whose gradient is too large for half precision are left out by the scaler of the loss,
// which looks for the largest factor that goes; then the run goes on.
std::optional<Place> first_gradient(const RunLog& log) {
  constexpr std::size_t kFew = 20;  // in so many one
  const auto place = first_of(log, [](const auto& record) { return record.gradient_norm; });
  return place && !place->on() && kFew * place->count <= place->of ? std::nullopt : place;
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
    finding.summary = fmt::format("The train loss is {}.", train->text());
  } else if (gradient) {
    finding.summary = fmt::format("The gradient is {}.", gradient->text());
  } else if (validation) {
    finding.summary = fmt::format("The validation loss is {}.", validation->text());
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
  if (train && !train->on() && !ended) {
    finding.remedy =
        "look at the batches of these steps: wild or missing values, a mean over no element, the "
        "logarithm of 0; losses that are left out bias the training";
    return finding;
  }
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
