#include "downhill/train/detail/advise_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace downhill::detail {
namespace {

struct Ranked {
  const Candidate* candidate;
  std::vector<double> merits;
  double mean = 0;
};

Estimate difference(const Ranked& better, const Ranked& other, const std::vector<double>& weights) {
  std::vector<double> d;
  for (std::size_t i = 0; i < better.merits.size(); ++i)
    d.push_back(better.merits[i] - other.merits[i]);
  return estimate(d, weights);
}

std::string interval_text(const Estimate& e) {
  return fmt::format("{} to {}", decimal(e.low(), 2), decimal(e.high(), 2));
}

// The simplest of those that cannot be told from the best to the front, the best behind it.
void put_simplest_first(std::vector<Ranked>& ranked, const std::vector<double>& weights) {
  std::size_t simplest = 0;
  for (std::size_t i = 1; i < ranked.size(); ++i) {
    const bool tied = difference(ranked[0], ranked[i], weights).low() <= 0;
    const bool fewer = ranked[i].candidate->parameters < ranked[simplest].candidate->parameters;
    if (tied && fewer) simplest = i;
  }
  const auto begin = ranked.begin();
  std::rotate(begin, begin + static_cast<std::ptrdiff_t>(simplest),
              begin + static_cast<std::ptrdiff_t>(simplest) + 1);
}

/// "0.11 nats per row"; shares have no unit.
std::string in_unit(const std::string& amount, const Measure& measure) {
  return measure.unit.empty() ? amount : fmt::format("{} {}", amount, measure.unit);
}

Proposal proposal_of(const Ranked& one, const Ranked& first, const Measure& measure,
                     const std::vector<double>& weights) {
  Proposal p{.loss = one.candidate->loss, .reasons = one.candidate->reasons};
  const Estimate own = estimate(one.merits, weights);
  const double a = measure.shown(own.low()), b = measure.shown(own.high());
  p.score = measure.shown(own.mean);
  p.interval = {std::min(a, b), std::max(a, b)};
  if (&one == &first) return p;
  const Estimate d = difference(first, one, weights);
  p.difference = AdviceDifference{first.candidate->loss, d.mean, {d.low(), d.high()}};
  if (p.difference->shown())
    p.reasons.push_back(fmt::format(
        "{} {} than {} by {} ({})", measure.name, d.mean > 0 ? "worse" : "better",
        first.candidate->loss, in_unit(decimal(std::abs(d.mean), 2), measure), interval_text(d)));
  else
    p.reasons.push_back(fmt::format("no difference shown to {}: {} ({})", first.candidate->loss,
                                    in_unit(decimal(d.mean, 2), measure), interval_text(d)));
  return p;
}

// Why the first stands first.
std::string why_first(const std::vector<Ranked>& ranked, const Measure& measure,
                      const std::vector<double>& weights) {
  const auto best = std::ranges::max_element(ranked, {}, &Ranked::mean);
  if (best != ranked.begin())
    return fmt::format("no difference shown to the best, {} ({}): the simpler stands first",
                       best->candidate->loss,
                       in_unit(interval_text(difference(*best, ranked[0], weights)), measure));
  if (ranked.size() == 1)
    return ranked[0].candidate->loss.starts_with("tweedie")
               ? "zeros among numbers with fractions: it alone gives both a likelihood"
               : "the only one that can be compared";
  const Estimate d = difference(ranked[0], ranked[1], weights);
  if (d.low() <= 0)
    return fmt::format("the best held-out {}, though no difference is shown to {} ({})",
                       measure.name, ranked[1].candidate->loss, in_unit(interval_text(d), measure));
  return fmt::format("the best held-out {}: better than {} by {} ({})", measure.name,
                     ranked[1].candidate->loss, in_unit(decimal(d.mean, 2), measure),
                     interval_text(d));
}

}  // namespace

Estimate estimate(const std::vector<double>& values, const std::vector<double>& weights) {
  Estimate e;
  double total = 0, squares = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    total += weights[i];
    e.mean += weights[i] * values[i];
  }
  e.mean /= total;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double off = weights[i] * (values[i] - e.mean);
    squares += off * off;
  }
  e.error = std::sqrt(squares) / total;
  return e;
}

std::vector<Proposal> ordered(const std::vector<Candidate>& candidates, const Measure& measure,
                              const std::vector<double>& weights) {
  std::vector<Ranked> ranked;
  std::vector<Proposal> proposals;
  for (const Candidate& c : candidates) {
    Ranked one{&c, measure.merits(c)};
    if (one.merits.empty()) continue;
    one.mean = estimate(one.merits, weights).mean;
    ranked.push_back(std::move(one));
  }
  std::ranges::stable_sort(ranked, std::greater{}, &Ranked::mean);
  if (!ranked.empty()) put_simplest_first(ranked, weights);
  for (const Ranked& one : ranked)
    proposals.push_back(proposal_of(one, ranked[0], measure, weights));
  if (!ranked.empty()) proposals[0].reasons.push_back(why_first(ranked, measure, weights));
  for (const Candidate& c : candidates)
    if (std::ranges::find(proposals, c.loss, &Proposal::loss) == proposals.end())
      proposals.push_back({.loss = c.loss, .reasons = c.reasons});
  return proposals;
}

}  // namespace downhill::detail
