#include "downhill/train/lr_find.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/catalog/catalog.h"
#include "downhill/core/error.h"
#include "downhill/train/detail/kept_training.h"
#include "downhill/train/detail/range_test.h"
#include "downhill/train/detail/table_task.h"

namespace downhill {
namespace {

template <class Method>
void check(const Method& optimizer, const LrFindOptions& o) {
  check_options("lr_find", o);
  if (!(o.low < o.high))
    throw_usage("lr_find",
                fmt::format("low is {}, high {}; expected low below high", o.low, o.high));
  if (optimizer.needs_closure())
    throw_usage("lr_find",
                optimizer.text() +
                    " searches its step or evaluates the loss itself: there is no rate to "
                    "find");
}

std::optional<double> median(const std::vector<LrSweep>& sweeps,
                             std::optional<double> LrSweep::*of) {
  std::vector<double> all;
  for (const LrSweep& sweep : sweeps)
    if (sweep.*of) all.push_back(std::log(*(sweep.*of)));
  if (all.empty()) return {};
  std::ranges::sort(all);
  const std::size_t n = all.size();
  return std::exp(0.5 * (all[(n - 1) / 2] + all[n / 2]));
}

constexpr double kStride = 3.1622776601683795;  // half a decade

std::size_t best_of(const std::vector<LrTrial>& trials) {
  return static_cast<std::size_t>(std::ranges::min_element(trials, {}, &LrTrial::loss) -
                                  trials.begin());
}

// Rates half a decade apart over what was suggested, and somewhat above.
std::vector<double> candidates(const LrFound& found, const LrFindOptions& o) {
  double low = kInfinity, high = 0;
  for (const auto& one : {found.steepest, found.valley, found.minimum})
    if (one) low = std::min(low, *one), high = std::max(high, *one);
  if (found.minimum) high = std::max(high, 30 * *found.minimum);
  std::vector<double> rates;
  for (double lr = low; lr <= std::min(high, o.high) * 1.0001; lr *= kStride)
    if (std::ssize(rates) < detail::kMostTrials) rates.push_back(lr);
  return rates;
}

constexpr double kAlike = 0.05;  // of the fall from the start to the best trial's end

void conclude(LrFound& found, const LrFindOptions& o) {
  std::vector<double> all;
  for (const auto& one : {found.steepest, found.minimum, found.valley})
    if (one) all.push_back(*one);
  if (all.empty()) {
    found.reason = fmt::format(
        "the loss falls at no rate from {} to {} beyond its noise: it is at its floor already, or "
        "there is nothing to learn from these inputs",
        o.low, o.high);
    return;
  }
  const auto [low, high] = std::ranges::minmax(all);
  found.agreement = high / low;
  const auto best = std::ranges::min_element(found.trials, {}, &LrTrial::loss);
  if (best == found.trials.end() || !(best->loss < kInfinity)) {
    found.lr = found.steepest ? *found.steepest : low;
    found.reason = found.trials.empty()
                       ? "where the loss falls fastest"
                       : fmt::format(
                             "where the loss falls fastest; but each of {} trials of {} "
                             "steps ended higher than it began",
                             found.trials.size(), o.trial_steps);
    return;
  }
  // Rates whose trials cannot be told from the best are all good; their middle is far from both edges.
  const double least = best->loss + kAlike * std::max(0.0, found.start_loss - best->loss);
  double first = 0, last = 0;
  for (const LrTrial& trial : found.trials) {
    if (!(trial.loss <= least)) continue;
    if (first == 0) first = trial.lr;
    last = trial.lr;
  }
  found.lr = std::sqrt(first * last);
  found.reason = fmt::format(
      "the middle of {:.2g} to {:.2g}, whose trials of {} steps end within {:.0f} % of the best",
      first, last, o.trial_steps, 100 * kAlike);
}

// A sweep that never came to rates at which the loss rises has not seen the largest that helps.
void tell_of_end(LrFound& found, const LrFindOptions& o) {
  const auto open = std::ranges::count_if(found.sweeps, [](const LrSweep& s) {
    return !s.rose && s.minimum && *s.minimum * 10 > 0.999 * s.lr.back();
  });
  if (2 * open > std::ssize(found.sweeps))
    found.reason += fmt::format(
        "; the loss was lowest at the end of the sweep, {}: larger rates may do better (high)",
        o.high);
}

/// `with(seed, body)` calls body(test, optimizer) on a model as it is before the test.
template <class With>
LrFound range_test(const LrFindOptions& o, With with) {
  LrFound found;
  const auto each_seed = [&](auto body) {
    for (std::int64_t i = 0; i < o.seeds && !o.stop.stop_requested(); ++i)
      with(o.seed + static_cast<std::uint64_t>(i), body);
  };
  each_seed([&](detail::RangeTest& test, Optimizer& optimizer, std::uint64_t seed) {
    found.start_loss += test.start_loss(optimizer) / static_cast<double>(o.seeds);
    found.sweeps.push_back(test.sweep(optimizer, seed));
  });
  found.steepest = median(found.sweeps, &LrSweep::steepest);
  found.minimum = median(found.sweeps, &LrSweep::minimum);
  found.valley = median(found.sweeps, &LrSweep::valley);
  const auto try_rate = [&](double lr) {
    double mean = 0;
    each_seed([&](detail::RangeTest& test, Optimizer& optimizer, std::uint64_t seed) {
      mean += test.trial(optimizer, seed, lr) / static_cast<double>(o.seeds);
    });
    found.trials.push_back({lr, mean});
  };
  if (o.trial_steps > 0)
    for (const double lr : candidates(found, o)) try_rate(lr);
  // Up, as long as the largest is the best.
  while (!found.trials.empty() && std::ssize(found.trials) < detail::kMostTrials &&
         !o.stop.stop_requested() && best_of(found.trials) + 1 == found.trials.size() &&
         found.trials.back().lr * kStride <= o.high)
    try_rate(found.trials.back().lr * kStride);
  found.stopped = o.stop.stop_requested();
  conclude(found, o);
  if (!found.stopped) tell_of_end(found, o);
  return found;
}

}  // namespace

LrFound lr_find(nn::Module& model, Optimizer& optimizer, const Dataset& train,
                const LossOf& loss_of, const LrFindOptions& o) {
  check(optimizer, o);
  detail::KeptTraining kept(model, optimizer);
  std::int64_t done = 0;
  detail::RangeTest test(model, train, loss_of, o, done);
  return range_test(o, [&](std::uint64_t seed, auto body) {
    body(test, optimizer, seed);
    kept.restore();
  });
}

LrFound lr_find_table(const TableRunOptions& run, const LrFindOptions& options) {
  detail::check_table_options(run);
  LrFindOptions o = options;
  o.batch = run.batch;
  o.seed = run.seed;
  check(optimizer_from(detail::optimizer_spec(run)), o);
  const detail::TableTask task = detail::read_task(run);
  if (run.resolved) run.resolved(detail::resolved_run(task));
  std::int64_t done = 0;
  return range_test(o, [&](std::uint64_t seed, auto body) {
    TableModel model = TableModel::begin(task.card, seed);
    Optimizer optimizer = detail::optimizer_for(task, run, model);
    const LossOf loss_of = model.loss_of();
    detail::RangeTest test(model.model, *task.train, loss_of, o, done);
    body(test, optimizer, seed);
  });
}

}  // namespace downhill
