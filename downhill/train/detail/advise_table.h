#pragma once
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "downhill/train/advise.h"
#include "downhill/train/detail/advise_order.h"
#include "downhill/train/detail/class_families.h"

namespace downhill::detail {

/// What the parts of `advise_table` hand on: candidates with their order, and what is to be said.
struct Findings {
  Measure measure = {};
  std::vector<Candidate> candidates = {};
  std::vector<Proposal> proposals = {};
};

bool is_number_metric(const std::string& name);
bool is_class_metric(const std::string& name);

Findings advise_numbers(QuickRows& rows, const TargetFacts& facts, const AdviseOptions& options);
Findings advise_classes(QuickRows& rows, const ClassFacts& facts, const AdviseOptions& options,
                        double cost_missed);
/// Whole numbers that may be classes: both, by the likelihood of the same rows.
Findings advise_either(QuickRows& numbers, const TargetFacts& facts, QuickRows& classes,
                       const ClassFacts& class_facts);

/// rmse and mae, or accuracy, log_loss, ... of held-out rows.
NamedNumbers number_metrics(const Candidate& candidate, const QuickRows& rows);
NamedNumbers held_out_class_metrics(const Candidate& candidate, const QuickRows& rows,
                                    const ClassFacts& facts);

/// The line that trains with that loss on the same rows and columns.
std::string train_command(const TableRunOptions& run, const std::string& loss,
                          const std::string& further);

/// The fit whose best family is the likelier one, or closer where there is no likelihood: of the
/// inputs, or of curves of them; `rows` go on with its features.
template <class Fit>
std::vector<Candidate> with_better_features(QuickRows& rows, Fit fit) {
  const auto weights = rows.weight().to_vector();
  const auto best = [&](const std::vector<Candidate>& all) {
    double most = -INFINITY;
    for (const Candidate& c : all)
      if (!c.log_likelihood.empty())
        most = std::max(most, estimate(c.log_likelihood, weights).mean);
    if (std::isfinite(most)) return most;
    for (const Candidate& c : all)  // none is a likelihood: by the squared error of numbers
      if (!c.predicted.empty()) most = std::max(most, -number_metrics(c, rows)[0].second);
    return most;
  };
  rows.use_curves(false);
  std::vector<Candidate> plain = fit();
  if (!rows.has_curves()) return plain;
  rows.use_curves(true);
  std::vector<Candidate> curved = fit();
  const bool curves = best(curved) > best(plain);
  rows.use_curves(curves);
  return curves ? curved : plain;
}

}  // namespace downhill::detail
