#include "downhill/doctor/data_not_shuffled.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {
namespace {

constexpr std::size_t kFew = 24, kBins = 64, kLeastRows = 4;

struct Row {
  double phase, loss;  // place in its epoch: 0 to 1
};

/// Steps of an epoch: between validations, else between the first steps of epochs; 0 if they vary.
double epoch_length(const RunLog& log, const std::vector<const StepRecord*>& steps) {
  std::vector<std::int64_t> ends;
  for (const EpochRecord& record : log.epochs)
    if (record.step > 0 && (ends.empty() || record.step > ends.back())) ends.push_back(record.step);
  if (ends.size() >= 3) {
    const std::int64_t length = ends[1] - ends[0];
    for (std::size_t i = 1; i < ends.size(); ++i)
      if (ends[i] - ends[i - 1] != length) return 0;
    // Every second epoch may be validated: the first one tells how long one is.
    return length % ends[0] == 0 ? static_cast<double>(ends[0]) : 0;
  }
  const std::int64_t first = steps.front()->epoch, last = steps.back()->epoch;
  if (first <= 0 || last < first + 3) return 0;
  const auto begin = std::ranges::find(steps, last, &StepRecord::epoch);
  return static_cast<double>((*begin)->step - steps.front()->step) /
         static_cast<double>(last - first);
}

/// The losses of each epoch with rows enough, by their place in it.
std::vector<std::vector<Row>> rows_by_epoch(const Examination& run) {
  const auto steps = run.finite_steps();
  if (steps.size() < kFew) return {};
  const double length = epoch_length(run.log(), steps);
  if (!(length >= 2 * kLeastRows)) return {};
  std::map<std::int64_t, std::vector<Row>> epochs;
  for (const StepRecord* step : steps) {
    // From the middle of the step, so that rounding moves none to its neighbour's place.
    const double at = (static_cast<double>(step->step) - 0.5) / length;
    epochs[static_cast<std::int64_t>(at)].push_back({at - std::floor(at), step->loss});
  }
  std::vector<std::vector<Row>> kept;
  for (auto& [epoch, rows] : epochs)
    if (rows.size() >= kLeastRows) kept.push_back(std::move(rows));
  return kept;
}

/// Without their mean and their line: the fall within an epoch is no pattern.
void straighten(std::vector<Row>& rows) {
  const auto n = static_cast<double>(rows.size());
  double level = 0, place = 0, slope = 0, spread = 0;
  for (const Row& row : rows) level += row.loss / n, place += row.phase / n;
  for (const Row& row : rows) {
    slope += (row.phase - place) * (row.loss - level);
    spread += (row.phase - place) * (row.phase - place);
  }
  for (Row& row : rows) row.loss -= level + (spread > 0 ? slope / spread * (row.phase - place) : 0);
}

struct Pattern {
  double explained = 0, waves = 0;
};

/// Over the second half of the epochs, each with its own line taken out. `explained` is less what as
/// many bins explain of noise.
Pattern pattern_of(std::vector<std::vector<Row>> epochs, double rounding) {
  const std::size_t from = std::min(epochs.size() / 2, epochs.size() - 3);
  std::size_t count_all = 0;
  for (std::size_t e = from; e < epochs.size(); ++e) count_all += epochs[e].size();
  const std::size_t bins = std::min({kBins, epochs[from].size(), count_all / 4});
  if (bins < kLeastRows) return {};
  std::vector<double> sum(bins), count(bins);
  double all = 0, rows = 0;
  for (std::size_t e = from; e < epochs.size(); ++e) {
    straighten(epochs[e]);
    for (const Row& row : epochs[e]) {
      const auto bin =
          std::min(bins - 1, static_cast<std::size_t>(row.phase * static_cast<double>(bins)));
      sum[bin] += row.loss, count[bin] += 1;
      all += row.loss * row.loss, rows += 1;
    }
  }
  if (std::sqrt(all / std::max(rows, 1.0)) <= rounding) return {};
  double between = 0, squares = 0, neighbours = 0, last = 0;
  for (std::size_t b = 0; b < bins; ++b) {
    const double mean = count[b] > 0 ? sum[b] / count[b] : 0;
    between += count[b] * mean * mean;
    squares += mean * mean;
    if (b > 0) neighbours += mean * last;
    last = mean;
  }
  const auto free = static_cast<double>(bins);
  if (!(all > 0) || !(squares > 0)) return {};
  const double share = between / all;
  return {1 - (1 - share) * rows / (rows - free), neighbours / squares};
}

}  // namespace

const char* DataNotShuffled::needs(const Examination& run) {
  return run.log().steps.size() < kFew ? "the loss of every step" : nullptr;
}

std::optional<Finding> DataNotShuffled::examine(const Examination& run) const {
  const CurveShape& s = run.train_shape();
  if (run.found("not_finite") || s.end > 10 * std::abs(s.start))
    return {};  // growth has a shape too
  const auto epochs = rows_by_epoch(run);
  if (epochs.size() < 3) return {};
  const Pattern pattern =
      pattern_of(epochs, kRounding * std::max(std::abs(s.start), std::abs(s.end)));
  const bool sorted = pattern.explained > explained && pattern.waves > waves;
  if (!sorted && !(pattern.explained > same)) return {};
  Finding finding{.confidence = confidence_of(pattern.explained, explained)};
  finding.from_step = run.log().steps.front().step;
  finding.summary = fmt::format("The place in the epoch explains {} of the loss of a step{}.",
                                percent(pattern.explained),
                                sorted ? ", in long waves: the rows come sorted"
                                       : ": every epoch has the same batches in the same order");
  finding.evidence = {{"explained", pattern.explained}, {"waves", pattern.waves}};
  finding.threshold = {{"explained", explained}, {"waves", waves}};
  finding.remedy = "shuffle the rows anew in every epoch";
  return finding;
}

}  // namespace downhill::symptom
