#include "downhill/train/live_doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "downhill/doctor/diverging.h"
#include "downhill/doctor/doctor.h"
#include "downhill/doctor/lr_too_large.h"
#include "downhill/doctor/lr_too_small.h"
#include "downhill/doctor/no_better_than_constant.h"
#include "downhill/doctor/not_finite.h"

namespace downhill {
namespace {

constexpr std::int64_t kEach = 20;       // epochs after each of which it looks
constexpr std::size_t kFirstSteps = 16;  // kept whole: what a run begins with tells much

std::int64_t look_before(std::int64_t epoch) {
  do --epoch;
  while (epoch > 0 && !looks_after(epoch));
  return epoch;
}

std::vector<Finding> findings_at(const RunLog& log, std::int64_t epoch) {
  return diagnose(log_until(log, epoch), {.running = true}).findings;
}

/// What the rate does, and whether anything is learnt, shows only after a few epochs.
bool too_early(const Finding& finding, std::int64_t epoch) {
  constexpr std::int64_t kFewEpochs = 5;
  return epoch < kFewEpochs &&
         (finding.name == symptom::LrTooLarge::name || finding.name == symptom::LrTooSmall::name ||
          finding.name == symptom::NoBetterThanConstant::name);
}

bool has(const std::vector<Finding>& findings, const std::string& symptom) {
  return std::ranges::find(findings, symptom, &Finding::name) != findings.end();
}

/// A run that lost what it began with has failed, whatever the doctor calls the cause.
Stop stop_for(const Finding& finding, const RunLog& log) {
  const auto train = [](const EpochRecord& record) { return record.split == Split::train; };
  const auto first = std::ranges::find_if(log.epochs, train);
  const auto last = std::find_if(log.epochs.rbegin(), log.epochs.rend(), train);
  const bool lost = first != log.epochs.end() && last->loss > first->loss;
  const bool broken =
      finding.name == symptom::Diverging::name || finding.name == symptom::NotFinite::name;
  return {broken || lost ? Ended::diverging : Ended::target_reached,
          fmt::format("the doctor ended it: {}: {}", finding.name, finding.summary)};
}

}  // namespace

bool looks_after(std::int64_t epoch) {
  if (epoch <= kEach) return true;
  std::int64_t every = 1;  // a tenth of the epoch, to a power of two
  while (20 * every <= epoch) every *= 2;
  return epoch % every == 0;
}

RunLog log_until(const RunLog& log, std::int64_t epoch, std::size_t most_steps) {
  RunLog part;
  part.start = log.start;
  for (const EpochRecord& record : log.epochs)
    if (record.epoch <= epoch) part.epochs.push_back(record);
  const auto past = [&](const StepRecord& record) { return record.epoch > epoch; };
  const auto count =
      static_cast<std::size_t>(std::ranges::find_if(log.steps, past) - log.steps.begin());
  const std::size_t every = (count + most_steps - 1) / most_steps;
  for (std::size_t i = 0; i < count; ++i)
    if (i < kFirstSteps || i % every == 0) part.steps.push_back(log.steps[i]);
  return part;
}

LiveDoctor::LiveDoctor(Live mode, Shown shown) : mode_(mode), shown_(std::move(shown)) {}

std::optional<Stop> LiveDoctor::after_epoch(const RunLog& log) {
  const std::int64_t epoch = log.epochs.empty() ? 0 : log.epochs.back().epoch;
  if (mode_ == Live::off || !looks_after(epoch)) return {};
  const std::vector<Finding> now = findings_at(log, epoch);
  if (now.empty()) return {};
  std::optional<std::vector<Finding>> before;
  for (const Finding& finding : now) {
    const bool ends = mode_ == Live::stop && is_hopeless(finding.name);
    if ((told_.contains(finding.name) && !ends) || too_early(finding, epoch)) continue;
    if (!before) before = findings_at(log, look_before(epoch));
    if (!has(*before, finding.name)) continue;
    if (told_.emplace(finding.name, epoch).second && shown_) shown_(finding);
    if (ends) return stop_for(finding, log);
  }
  return {};
}

std::vector<std::string> LiveDoctor::taken_back(const Verdict& verdict) const {
  std::vector<std::string> notes;
  for (const auto& [symptom, epoch] : told_)
    if (!has(verdict.findings, symptom))
      notes.push_back(
          fmt::format("{}, told after epoch {}, is no finding of the whole run, whose "
                      "verdict is {}",
                      symptom, epoch, verdict.name));
  return notes;
}

}  // namespace downhill
