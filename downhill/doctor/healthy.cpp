#include "downhill/doctor/healthy.h"

#include <fmt/format.h>

namespace downhill::symptom {
namespace {

Finding too_short(const Examination& run) {
  const auto least = static_cast<double>(run.options().least_points);
  const auto points = static_cast<double>(run.train().size());
  Finding finding;
  finding.summary = fmt::format(
      "Nothing is wrong so far, but the run is too short to judge: {} "
      "train losses.",
      run.train().size());
  finding.evidence = {{"too short to judge: train losses in the log", points, least, ""}};
  finding.remedies = {fmt::format("train for at least {} epochs", 2 * run.options().least_points)};
  return finding;
}

}  // namespace

std::optional<Finding> Healthy::examine(const Examination& run) {
  if (!run.enough(run.train())) return too_short(run);
  const auto& options = run.options();
  const double first = run.train().points.front().loss, last = run.end_level(run.train());
  const auto trend = run.end_of(run.train());
  Finding finding;
  finding.summary = fmt::format("Nothing is wrong: the train loss went from {} to {}.",
                                figure(first), figure(last));
  finding.evidence = {{"train loss at the end, against the first", last, first, ""},
                      {"fall of the train loss over the end of the run, %", 100 * trend->fall,
                       100 * options.improving, "Theil-Sen slope"}};
  if (const auto validated = run.end_of(run.validation()))
    finding.evidence.push_back({"fall of the validation loss over the end of the run, %",
                                100 * validated->fall, 100 * options.improving, "Theil-Sen slope"});
  if (last < options.memorised * first)
    finding.evidence.push_back({"train loss near zero; that alone is no overfitting", last,
                                options.memorised * first, "the validation loss decides"});
  finding.remedies = {"none needed"};
  return finding;
}

}  // namespace downhill::symptom
