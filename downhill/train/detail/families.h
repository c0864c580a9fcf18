#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "downhill/train/detail/quick_fit.h"

namespace downhill::detail {

/// One loss that may be proposed, and what it says of held-out rows.
struct Candidate {
  std::string loss;       ///< spec
  std::string name = "";  ///< "a normal distribution of one spread"
  int parameters = 0;     ///< beside the location: of equals the one with fewer is the simpler
  std::vector<double> log_likelihood = {};  ///< of each row, held out; empty: has none
  std::vector<double> predicted = {};       ///< of each row, held out; of numbers
  std::vector<double> probabilities = {};   ///< (rows, classes); of classes
  std::vector<std::string> reasons = {};
  std::string further = "";              ///< options of the command beside --loss
  std::optional<double> threshold = {};  ///< of the second of two classes, where it is not 1/2
  /// `probabilities` allow for wrong labels, which those of a trained model do not.
  bool knows_noise = false;
};

/// What the target's values admit.
struct TargetFacts {
  std::int64_t rows = 0;
  double low = 0, high = 0, mean = 0, variance = 0, skewness = 0, kurtosis = 0;
  double zeros = 0, ones = 0;  ///< shares
  bool whole = false;
  /// The numbers are multiples of it: a density is asked over a cell of that width. 0: none to speak of.
  double step = 0;

  bool positive() const { return low > 0; }
  bool counts() const { return whole && low >= 0 && step <= 1; }
  /// Counts so large that a density says the same of them: amounts may be whole too.
  bool may_be_amounts() const { return counts() && low > 0 && step == 0; }
  /// Shares that can be exactly 1, or 0 too: no density of shares gives these a probability.
  bool shares_with_ends() const {
    return !whole && low >= 0 && high == 1 && ones * static_cast<double>(rows) >= 3;
  }
  /// Many exact zeros among positive numbers with fractions.
  bool zeros_and_more() const {
    return !whole && low == 0 && zeros >= 0.01 && zeros * static_cast<double>(rows) >= 3;
  }
  /// A few zeros, which keep families of positive numbers from being compared.
  bool positive_but_for_zeros() const {
    return !whole && low == 0 && !zeros_and_more() && !shares_with_ends();
  }
};
TargetFacts facts_of(const std::vector<double>& target);

/// The scale and shape of errors of a location: the family's options.
struct ErrorShape {
  double df = 3;     ///< of Student's t
  double delta = 1;  ///< of huber, in scales
  double scale = 1;  ///< of huber
};
ErrorShape shape_of(const std::vector<double>& errors, const std::vector<double>& weights);

/// Every family of numbers that the facts admit, fitted and asked of held-out rows.
std::vector<Candidate> fit_numbers(const QuickRows& rows, const TargetFacts& facts);
/// One loss without a distribution: its predictions alone.
Candidate fit_loss(const QuickRows& rows, const std::string& spec);

/// Log density of Tweedie's compound Poisson distribution, 1 < power < 2.
double tweedie_log_density(double y, double mean, double dispersion, double power);

}  // namespace downhill::detail
