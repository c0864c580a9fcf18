// Losses of numbers: which, in which order, and why.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/train/detail/advise_table.h"

namespace downhill::detail {
namespace {

using Rows = std::vector<double>;

std::span<const double> targets_of(const QuickRows& rows) { return rows.target().values<double>(); }

/// Minus an error of each row.
template <class Error>
Rows merits(const Candidate& c, const QuickRows& rows, Error error) {
  const auto y = targets_of(rows);
  Rows all;
  for (std::size_t i = 0; i < c.predicted.size(); ++i) all.push_back(-error(c.predicted[i], y[i]));
  return all;
}

Measure likelihood() {
  return {.name = "log-likelihood", .unit = "nats per row", .merits = [](const Candidate& c) {
            return c.log_likelihood;
          }};
}

/// A metric that is the mean of an error, and the loss that has its best constant.
struct NumberMetric {
  const char* name;
  const char* loss;
  double (*error)(double prediction, double y);
  bool root;
};
constexpr NumberMetric kMetrics[] = {
    {"rmse", "mse", [](double p, double y) { return (p - y) * (p - y); }, true},
    {"mse", "mse", [](double p, double y) { return (p - y) * (p - y); }, false},
    {"r2", "mse", [](double p, double y) { return (p - y) * (p - y); }, false},
    {"mae", "mae", [](double p, double y) { return std::abs(p - y); }, false},
    {"mape", "mape",
     [](double p, double y) { return std::abs(p - y) / std::max(std::abs(y), 1e-12); }, false},
    {"smape", "smape",
     [](double p, double y) {
       const double size = std::abs(p) + std::abs(y);
       return size > 0 ? 2 * std::abs(p - y) / size : 0;
     },
     false},
    {"msle", "msle",
     [](double p, double y) {
       const double d = std::log1p(std::max(p, 0.0)) - std::log1p(y);
       return d * d;
     },
     false}};

const NumberMetric* metric_of(const std::string& name) {
  const auto at = std::ranges::find_if(kMetrics, [&](const auto& m) { return name == m.name; });
  return at == std::end(kMetrics) ? nullptr : at;
}

/// The loss that is the cost itself stands among the candidates, as the simplest of equals.
void put_own(std::vector<Candidate>& all, const QuickRows& rows, const std::string& spec,
             const std::string& reason) {
  auto own = std::ranges::find(all, spec, &Candidate::loss);
  if (own == all.end()) own = all.insert(all.begin(), fit_loss(rows, spec));
  own->parameters = -1;
  own->reasons.insert(own->reasons.begin(), reason);
}

double price(const AdviseOptions& o, double p, double y) {
  const double under = o.cost_under > 0 ? o.cost_under : 1,
               over = o.cost_over > 0 ? o.cost_over : 1;
  return p < y ? under * (y - p) : over * (p - y);
}

// By the price of errors: its best prediction is a quantile.
Findings by_cost(const QuickRows& rows, std::vector<Candidate> all, const AdviseOptions& o) {
  const double under = o.cost_under > 0 ? o.cost_under : 1,
               over = o.cost_over > 0 ? o.cost_over : 1;
  const double share = under / (under + over);
  put_own(all, rows, "quantile:quantile=" + decimal(share, 4),
          fmt::format("too low costs {} per unit, too high {}: the cheapest prediction is the {} "
                      "quantile, under / (under + over)",
                      decimal(under, 4), decimal(over, 4), decimal(share, 4)));
  Findings found{.measure = {.name = "cost",
                             .higher_is_better = false,
                             .unit = "per row",
                             .merits =
                                 [&rows, o](const Candidate& c) {
                                   return merits(
                                       c, rows, [&](double p, double y) { return price(o, p, y); });
                                 },
                             .shown = [](double mean) { return -mean; }},
                 .candidates = std::move(all)};
  return found;
}

Findings by_metric(const QuickRows& rows, std::vector<Candidate> all, const NumberMetric& metric) {
  put_own(all, rows, metric.loss,
          fmt::format("{} is what {} makes small", metric.name, metric.loss));
  double variance = 0, mean = 0;
  const auto y = targets_of(rows);
  const Rows weights = rows.weight().to_vector();
  mean = estimate({y.begin(), y.end()}, weights).mean;
  Rows squares;
  for (const double v : y) squares.push_back((v - mean) * (v - mean));
  variance = estimate(squares, weights).mean;
  const bool r2 = std::string_view(metric.name) == "r2";
  return {.measure = {.name = metric.name,
                      .higher_is_better = r2,
                      .unit = metric.root || r2 ? "of squared error per row" : "per row",
                      .merits = [&rows, &metric](
                                    const Candidate& c) { return merits(c, rows, metric.error); },
                      .shown =
                          [r2, variance, root = metric.root](double merit) {
                            if (r2) return 1 + merit / variance;
                            return root ? std::sqrt(std::max(0.0, -merit)) : -merit;
                          }},
          .candidates = std::move(all)};
}

const Candidate* find(const std::vector<Candidate>& all, std::string_view name) {
  const auto at =
      std::ranges::find_if(all, [&](const Candidate& c) { return c.loss.starts_with(name); });
  return at == all.end() ? nullptr : &*at;
}

Rows errors_of(const Candidate& c, const QuickRows& rows) {
  const auto y = targets_of(rows);
  Rows errors;
  for (std::size_t i = 0; i < c.predicted.size(); ++i) errors.push_back(y[i] - c.predicted[i]);
  return errors;
}

std::string tails_of(const Rows& errors) {
  Rows sizes;
  for (const double e : errors) sizes.push_back(std::abs(e));
  std::ranges::sort(sizes);
  const double far = 4 * 1.4826 * sizes[sizes.size() / 2];
  const auto beyond = std::ranges::count_if(sizes, [&](double v) { return v > far; });
  return fmt::format("{} of {} errors of a quick fit lie beyond 4 robust deviations (normal: {})",
                     beyond, sizes.size(), decimal(6.3e-5 * static_cast<double>(sizes.size()), 2));
}

// Facts that speak for a family, of the errors of a quick fit.
void give_reasons(std::vector<Candidate>& all, const QuickRows& rows, const TargetFacts& facts) {
  const Candidate* normal = find(all, "mse");
  const Candidate* robust = find(all, "mae");
  const Candidate* poisson = find(all, "poisson_nll");
  std::string tails, shape, spread, zeros;
  if (robust != nullptr) tails = tails_of(errors_of(*robust, rows));
  if (normal != nullptr) {
    const TargetFacts e = facts_of(errors_of(*normal, rows));
    shape = fmt::format("errors of a quick fit: skewness {}, excess kurtosis {}",
                        decimal(e.skewness, 2), decimal(e.kurtosis, 2));
  }
  if (poisson != nullptr) {
    Rows pearson, none;
    const auto y = targets_of(rows);
    for (std::size_t i = 0; i < poisson->predicted.size(); ++i) {
      const double m = std::max(poisson->predicted[i], 1e-9);
      pearson.push_back((y[i] - m) * (y[i] - m) / m);
      none.push_back(std::exp(-m));
    }
    const Rows weights = rows.weight().to_vector();
    spread = fmt::format(
        "whole numbers from 0: variance over mean is {} around a quick fit (Poisson: 1)",
        decimal(estimate(pearson, weights).mean, 3));
    zeros =
        fmt::format("{} % are 0, where Poisson with such means has {} %",
                    decimal(100 * facts.zeros, 3), decimal(100 * estimate(none, weights).mean, 3));
  }
  for (Candidate& c : all) {
    const auto is = [&](std::string_view name) { return c.loss.starts_with(name); };
    const auto add = [&](const std::string& reason) {
      if (!reason.empty()) c.reasons.push_back(reason);
    };
    if (!c.name.empty()) add(c.name);
    if (is("mse") || is("gaussian_nll")) add(shape);
    if (is("mae") || is("huber") || is("student_t_nll")) add(tails);
    if (is("poisson_nll") || is("negative_binomial")) add(spread);
    if (is("zero_inflated")) add(zeros);
    if (is("tweedie"))
      add(fmt::format(
          "{} % are exactly 0, the others positive: densities give such zeros no probability",
          decimal(100 * facts.zeros, 3)));
    if (is("bce"))
      add(
          fmt::format("{} % are exactly 1 and {} % exactly 0: no density of shares gives these a "
                      "probability",
                      decimal(100 * facts.ones, 3), decimal(100 * facts.zeros, 3)));
    if (is("gamma") || is("log_normal") || is("weibull"))
      add(fmt::format("all are positive, skewness {}", decimal(facts.skewness, 3)));
  }
}

}  // namespace

bool is_number_metric(const std::string& name) { return metric_of(name) != nullptr; }

NamedNumbers number_metrics(const Candidate& c, const QuickRows& rows) {
  const Rows weights = rows.weight().to_vector();
  const auto mean = [&](const char* metric) {
    return -estimate(merits(c, rows, metric_of(metric)->error), weights).mean;
  };
  return {{"rmse", std::sqrt(mean("mse"))}, {"mae", mean("mae")}};
}

Findings advise_numbers(QuickRows& rows, const TargetFacts& facts, const AdviseOptions& o) {
  std::vector<Candidate> all = with_better_features(rows, [&] { return fit_numbers(rows, facts); });
  give_reasons(all, rows, facts);
  Findings found;
  if (o.cost_under > 0 || o.cost_over > 0) found = by_cost(rows, std::move(all), o);
  else if (!o.metric.empty()) found = by_metric(rows, std::move(all), *metric_of(o.metric));
  else found = {.measure = likelihood(), .candidates = std::move(all)};
  found.proposals = ordered(found.candidates, found.measure, rows.weight().to_vector());
  return found;
}

Findings advise_either(QuickRows& numbers, const TargetFacts& facts, QuickRows& classes,
                       const ClassFacts& class_facts) {
  std::vector<Candidate> all =
      with_better_features(numbers, [&] { return fit_numbers(numbers, facts); });
  give_reasons(all, numbers, facts);
  for (Candidate& c :
       with_better_features(classes, [&] { return fit_classes(classes, class_facts); }))
    all.push_back(std::move(c));
  Findings found{.measure = likelihood(), .candidates = std::move(all)};
  found.proposals = ordered(found.candidates, found.measure, numbers.weight().to_vector());
  return found;
}

}  // namespace downhill::detail
