#pragma once
#include <functional>
#include <string>
#include <vector>

#include "downhill/train/advise.h"
#include "downhill/train/detail/families.h"

namespace downhill::detail {

/// What orders candidates: a merit of each row, of which more is better, and how its mean is shown.
struct Measure {
  std::string name = "";
  bool higher_is_better = true;
  std::string unit = "";  ///< "nats per row"
  /// Of each row; empty where the candidate has none.
  std::function<std::vector<double>(const Candidate&)> merits = {};
  std::function<double(double)> shown = [](double mean) { return mean; };
};

struct Estimate {
  double mean = 0, error = 0;  ///< standard error
  double low() const { return mean - 1.96 * error; }
  double high() const { return mean + 1.96 * error; }
};
Estimate estimate(const std::vector<double>& values, const std::vector<double>& weights);

/// The best first. Among those whose paired difference from the best is not shown (its 95 % interval
/// holds 0) the simplest stands first: with the fewest parameters, of equals the better one; then the
/// best; then all others by merit; then those without a merit, as they came. Reasons say so.
std::vector<Proposal> ordered(const std::vector<Candidate>& candidates, const Measure& measure,
                              const std::vector<double>& weights);

}  // namespace downhill::detail
