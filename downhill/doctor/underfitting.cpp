#include "downhill/doctor/underfitting.h"

#include <fmt/format.h>

#include <cmath>

namespace downhill::symptom {
namespace {

std::vector<std::string> remedies(const Examination& run) {
  std::vector<std::string> list;
  if (run.epochs() > 0) {
    list.push_back(fmt::format("train longer: epochs {} -> {}", run.epochs(), 2 * run.epochs()));
  } else {
    list.push_back(fmt::format("train longer: steps {} -> {}", run.steps(), 2 * run.steps()));
  }
  const auto peak = run.peak_lr(), last = run.last_lr();
  if (peak && last && *last < 0.01 * *peak) {
    list.push_back(
        fmt::format("the schedule ended at lr {} (peak {}): stretch it over the longer "
                    "run",
                    figure(*last), figure(*peak)));
  } else {
    list.push_back("or learn faster: " + change_lr(run, 3));
  }
  return list;
}

}  // namespace

std::optional<Finding> Underfitting::examine(const Examination& run) {
  const auto& options = run.options();
  const bool validated = run.enough(run.validation());
  const auto trend = run.end_of(validated ? run.validation() : run.train());
  if (!trend || trend->fall <= options.improving || !trend->falls()) return {};

  const std::string split = validated ? "validation" : "train";
  Finding finding;
  finding.summary = fmt::format(
      "The {} loss was still falling at the end: by {} over the last {} points of the log.", split,
      percent(trend->fall), trend->points);
  finding.evidence = {
      {fmt::format("fall of the {} loss over the end of the run, %", split), 100 * trend->fall,
       100 * options.improving, "Theil-Sen slope; tuning playbook"},
      {"|z| of the fall", std::abs(trend->z), trend->needed, "Mann-Kendall"},
      {"points looked at", static_cast<double>(trend->points),
       static_cast<double>(options.least_points), ""},
  };
  finding.remedies = remedies(run);
  return finding;
}

}  // namespace downhill::symptom
