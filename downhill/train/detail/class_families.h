#pragma once
#include <string>
#include <vector>

#include "downhill/train/detail/families.h"

namespace downhill::detail {

/// The target's classes, in the order of the labels that `QuickRows` holds.
struct ClassFacts {
  std::vector<std::string> names;
  std::vector<double> counts;  ///< of each, weighted
  /// Where each class stands in an order that their names have: words (low, medium, high), numbers,
  /// or numbers in front ("3 stars"). Empty where there is none.
  std::vector<std::int64_t> place = {};

  std::size_t size() const { return names.size(); }
  double share(std::size_t c) const;
  std::size_t rarest() const;
  /// One class has less than 0.4 times the rows that it had if all were equally frequent.
  bool imbalanced() const;
};
ClassFacts class_facts(const std::vector<std::string>& names, const Tensor& labels,
                       const Tensor& weight);

/// Softmax, an order where there is one, and labels of which a share is wrong, fitted and asked of
/// held-out rows.
std::vector<Candidate> fit_classes(const QuickRows& rows, const ClassFacts& facts);
/// Cross-entropy with a factor per class; its probabilities are those that it learnt.
Candidate fit_weighted_classes(const QuickRows& rows, const ClassFacts& facts,
                               const std::vector<double>& factors);
/// The same with the probabilities over the shares of the classes: what logit_adjusted learns.
Candidate adjusted_by_share(const Candidate& softmax, const ClassFacts& facts);

}  // namespace downhill::detail
