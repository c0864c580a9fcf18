// Losses of classes: which, in which order, and why.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "downhill/train/detail/advise_table.h"

namespace downhill::detail {
namespace {

using Rows = std::vector<double>;

std::span<const std::int64_t> labels_of(const QuickRows& rows) {
  return rows.target().values<std::int64_t>();
}

/// Of metrics of classes: whether the figure depends on more than which class is the most probable.
bool is_of_probabilities(std::string_view metric) {
  return metric == "log_loss" || metric == "brier";
}

/// The most probable class, the first of equals; of two the second beyond a threshold.
std::vector<std::int64_t> predicted(const Candidate& c, std::size_t classes) {
  std::vector<std::int64_t> all;
  if (c.threshold) {
    for (std::size_t i = 1; i < c.probabilities.size(); i += 2)
      all.push_back(c.probabilities[i] > *c.threshold);
    return all;
  }
  for (auto p = c.probabilities.begin(); p != c.probabilities.end();
       p += static_cast<std::ptrdiff_t>(classes))
    all.push_back(std::max_element(p, p + static_cast<std::ptrdiff_t>(classes)) - p);
  return all;
}

Measure by_likelihood() {
  return {.name = "log-likelihood", .unit = "nats per row", .merits = [](const Candidate& c) {
            return c.log_likelihood;
          }};
}

/// Right rows, each counting `worth` of its label.
Measure by_right(const char* name, const QuickRows& rows, const ClassFacts& facts,
                 const Rows& worth) {
  return {.name = name,
          .unit = "",
          .merits = [&rows, classes = facts.size(), worth](const Candidate& c) {
            Rows merits;
            const auto labels = labels_of(rows);
            const auto guesses = predicted(c, classes);
            for (std::size_t i = 0; i < guesses.size(); ++i)
              merits.push_back(guesses[i] == labels[i] ? worth[static_cast<std::size_t>(labels[i])]
                                                       : 0);
            return merits;
          }};
}

Measure by_metric(const std::string& metric, const QuickRows& rows, const ClassFacts& facts) {
  const std::size_t classes = facts.size();
  if (metric == "accuracy") return by_right("accuracy", rows, facts, Rows(classes, 1.0));
  if (metric == "balanced_accuracy") {
    Rows worth;
    for (std::size_t c = 0; c < classes; ++c)
      worth.push_back(1 / (static_cast<double>(classes) * facts.share(c)));
    return by_right("balanced_accuracy", rows, facts, worth);
  }
  const bool brier = metric == "brier";
  return {.name = metric,
          .higher_is_better = false,
          .unit = "per row",
          .merits =
              [&rows, classes, brier](const Candidate& c) {
                Rows merits;
                const auto labels = labels_of(rows);
                for (std::size_t i = 0; i < labels.size(); ++i) {
                  const double p =
                      c.probabilities[i * classes + static_cast<std::size_t>(labels[i])];
                  merits.push_back(brier ? -(1 - p) * (1 - p) : std::log(std::max(p, 0x1p-52)));
                }
                return merits;
              },
          .shown = [](double merit) { return -merit; }};
}

double cost_of(const Candidate& c, std::size_t row, std::int64_t label, double threshold,
               double missed, double false_alarm) {
  const bool alarm = c.probabilities[2 * row + 1] > threshold;
  if (label == 1) return alarm ? 0 : missed;
  return alarm ? false_alarm : 0;
}

Findings by_cost(const QuickRows& rows, const ClassFacts& facts, std::vector<Candidate> fits,
                 double missed, double false_alarm) {
  const double ratio = missed / false_alarm;
  const auto costs = [&rows, missed, false_alarm](const Candidate& c, double threshold) {
    Rows all;
    const auto labels = labels_of(rows);
    for (std::size_t i = 0; i < labels.size(); ++i)
      all.push_back(-cost_of(c, i, labels[i], threshold, missed, false_alarm));
    return all;
  };
  const Rows weights = rows.weight().to_vector();
  Candidate honest = std::move(fits[0]);
  honest.parameters = 0;
  honest.further = "--cost-missed " + decimal(ratio, 6);
  honest.threshold = 1 / (1 + ratio);
  honest.reasons = {
      fmt::format("a missed {} costs {} false alarms: true probabilities and the threshold {} are "
                  "the cheapest",
                  facts.names[1], decimal(ratio, 4), decimal(1 / (1 + ratio), 3)),
      fmt::format("at the threshold 0.5 the same probabilities cost {} per row",
                  decimal(-estimate(costs(honest, 0.5), weights).mean, 4))};
  Candidate weighted = fit_weighted_classes(rows, facts, {1, ratio});
  weighted.loss = "bce_with_logits:pos_weight=" + decimal(ratio, 6);
  weighted.parameters = 1;
  weighted.reasons = {
      "the price stands in the loss, and the threshold stays 0.5; probabilities are "
      "no longer true"};
  Findings found{
      .measure = {
          .name = "cost",
          .higher_is_better = false,
          .unit = "per row",
          .merits = [costs](const Candidate& c) { return costs(c, c.threshold.value_or(0.5)); },
          .shown = [](double merit) { return -merit; }},
      .candidates = {}};
  found.candidates.push_back(std::move(honest));
  found.candidates.push_back(std::move(weighted));
  return found;
}

// One class is rare: beside true probabilities what finds its rows.
void add_for_rare(Findings& found, const QuickRows& rows, const ClassFacts& facts) {
  const auto softmax = std::ranges::find(found.candidates, "cross_entropy", &Candidate::loss);
  Candidate adjusted = adjusted_by_share(*softmax, facts);
  const Measure balanced = by_metric("balanced_accuracy", rows, facts);
  const Rows weights = rows.weight().to_vector();
  const double before = estimate(balanced.merits(*softmax), weights).mean;
  const double after = estimate(balanced.merits(adjusted), weights).mean;
  const std::size_t rare = facts.rarest();
  adjusted.reasons = {
      fmt::format("{} has {} % of the rows", facts.names[rare],
                  decimal(100 * facts.share(rare), 2)),
      fmt::format("balanced accuracy {} in place of {} with cross_entropy; where misses have a "
                  "price, tell it: --cost-missed",
                  decimal(after, 3), decimal(before, 3))};
  found.candidates.push_back(std::move(adjusted));
}

// What has no likelihood to compare stands where the fact that speaks for it puts it.
void put_second(std::vector<Proposal>& proposals, std::string_view name) {
  const auto at =
      std::ranges::find_if(proposals, [&](const Proposal& p) { return p.loss.starts_with(name); });
  if (at != proposals.end() && at - proposals.begin() > 1)
    std::rotate(proposals.begin() + 1, at, at + 1);
}

}  // namespace

bool is_class_metric(const std::string& name) {
  constexpr std::array known = {"accuracy", "balanced_accuracy", "log_loss", "brier"};
  return std::ranges::find(known, name) != known.end();
}

NamedNumbers held_out_class_metrics(const Candidate& c, const QuickRows& rows,
                                    const ClassFacts& facts) {
  const Rows weights = rows.weight().to_vector();
  NamedNumbers metrics;
  for (const char* name : {"accuracy", "balanced_accuracy", "log_loss"}) {
    if (c.knows_noise && is_of_probabilities(name)) continue;
    const Measure measure = by_metric(name, rows, facts);
    metrics.emplace_back(name, measure.shown(estimate(measure.merits(c), weights).mean));
  }
  return metrics;
}

Findings advise_classes(QuickRows& rows, const ClassFacts& facts, const AdviseOptions& o,
                        double cost_missed) {
  std::vector<Candidate> fits =
      with_better_features(rows, [&] { return fit_classes(rows, facts); });
  const Rows weights = rows.weight().to_vector();
  Findings found;
  if (cost_missed > 0 || o.cost_false_alarm > 0) {
    found = by_cost(rows, facts, std::move(fits), cost_missed > 0 ? cost_missed : 1,
                    o.cost_false_alarm > 0 ? o.cost_false_alarm : 1);
    found.proposals = ordered(found.candidates, found.measure, weights);
    return found;
  }
  found.candidates = std::move(fits);
  if (is_of_probabilities(o.metric))
    std::erase_if(found.candidates, [](const Candidate& c) { return c.knows_noise; });
  if (facts.imbalanced() || o.metric == "balanced_accuracy") add_for_rare(found, rows, facts);
  found.measure = o.metric.empty() ? by_likelihood() : by_metric(o.metric, rows, facts);
  found.proposals = ordered(found.candidates, found.measure, weights);
  if (o.metric.empty()) put_second(found.proposals, "logit_adjusted");
  return found;
}

}  // namespace downhill::detail
