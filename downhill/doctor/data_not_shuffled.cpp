#include "downhill/doctor/data_not_shuffled.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {
namespace {

constexpr std::size_t kFew = 24;

/// A log without epochs: they end where it was validated.
std::int64_t epoch_at(const RunLog& log, std::int64_t step) {
  std::int64_t epoch = 0, last = 0;
  for (const EpochRecord& record : log.epochs) {
    if (record.split != Split::validation || record.step <= last) continue;
    ++epoch;
    if (step <= record.step) return epoch;
    last = record.step;
  }
  return epoch + 1;
}

/// The losses of each epoch whose steps are all in the log, of equal length.
std::vector<std::vector<double>> whole_epochs(const RunLog& log) {
  std::vector<std::vector<double>> epochs;
  std::int64_t last = 0, epoch = -1;
  for (const StepRecord& record : log.steps) {
    if (record.split != Split::train) continue;
    if (last > 0 && record.step != last + 1) return {};
    last = record.step;
    const std::int64_t now = record.epoch > 0 ? record.epoch : epoch_at(log, record.step);
    if (now <= 0) return {};
    if (now != epoch) epochs.emplace_back();
    epoch = now;
    epochs.back().push_back(std::isfinite(record.loss) ? record.loss : 0);
  }
  if (epochs.size() < 2) return {};
  const std::size_t length = epochs[1].size();
  std::erase_if(epochs, [&](const auto& e) { return e.size() != length; });
  return epochs;
}

struct Pattern {
  double explained = 0, waves = 0;
};

/// Over the second half of the epochs, each with its own line taken out.
Pattern pattern_of(const std::vector<std::vector<double>>& epochs) {
  const std::size_t from = std::min(epochs.size() / 2, epochs.size() - 3),
                    length = epochs[0].size();
  std::vector<double> mean(length);
  double all = 0;
  for (std::size_t e = from; e < epochs.size(); ++e) {
    const auto n = static_cast<double>(length);
    double level = 0, slope = 0, spread = 0;
    for (const double value : epochs[e]) level += value / n;
    for (std::size_t i = 0; i < length; ++i) {
      const double t = static_cast<double>(i) - 0.5 * (n - 1);
      slope += t * (epochs[e][i] - level);
      spread += t * t;
    }
    for (std::size_t i = 0; i < length; ++i) {
      const double t = static_cast<double>(i) - 0.5 * (n - 1);
      const double rest = epochs[e][i] - level - slope / spread * t;
      mean[i] += rest / static_cast<double>(epochs.size() - from);
      all += rest * rest;
    }
  }
  double between = 0, neighbours = 0;
  for (std::size_t i = 0; i < length; ++i) between += mean[i] * mean[i];
  for (std::size_t i = 1; i < length; ++i) neighbours += mean[i] * mean[i - 1];
  if (!(all > 0) || !(between > 0)) return {};
  return {between * static_cast<double>(epochs.size() - from) / all, neighbours / between};
}

}  // namespace

const char* DataNotShuffled::needs(const Examination& run) {
  return run.log().steps.size() < kFew ? "the loss of every step" : nullptr;
}

std::optional<Finding> DataNotShuffled::examine(const Examination& run) const {
  if (run.found("not_finite")) return {};
  const auto epochs = whole_epochs(run.log());
  if (epochs.size() < 3 || epochs.front().size() < 8) return {};
  const Pattern pattern = pattern_of(epochs);
  if (!(pattern.explained > explained && pattern.waves > waves)) return {};
  Finding finding{.confidence = confidence_of(pattern.explained, explained)};
  finding.from_step = run.log().steps.front().step;
  finding.summary = fmt::format(
      "The place in the epoch explains {} of the loss of a step, in long waves: the rows come "
      "sorted.",
      percent(pattern.explained));
  finding.evidence = {{"explained", pattern.explained}, {"waves", pattern.waves}};
  finding.threshold = {{"explained", explained}, {"waves", waves}};
  finding.remedy = "shuffle the rows anew in every epoch";
  return finding;
}

}  // namespace downhill::symptom
