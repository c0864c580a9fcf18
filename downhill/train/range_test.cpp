// The steps of a learning-rate range test.
#include "downhill/train/detail/range_test.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/schedules/cosine.h"

namespace downhill::detail {
namespace {

/// A rate that grows by a constant factor, as a factor on the optimizer's own.
struct Sweep {
  double first = 1, ratio = 1;
  static constexpr const char* name = "sweep";
  static constexpr auto options() {
    return std::array{option<&Sweep::first>("first", kPositive, "factor of the first step"),
                      option<&Sweep::ratio>("ratio", kPositive, "of one step to the one before")};
  }
  double at(std::int64_t step) const { return first * std::pow(ratio, static_cast<double>(step)); }
};

// Without a schedule that is under way.
double own_rate(Optimizer optimizer) {
  optimizer.unschedule_lr();
  const double own = optimizer.get("lr");
  if (!(own > 0))
    throw_usage("lr_find", fmt::format("the optimizer's lr is {}; expected above 0", own));
  return own;
}

std::int64_t most_steps(const LrFindOptions& o) {
  return o.seeds * (o.steps + kMostTrials * o.trial_steps);
}

}  // namespace

Optimizer RangeTest::with_rate(const Optimizer& optimizer, std::int64_t steps,
                               const Schedule& factor) {
  Optimizer trial = optimizer;
  trial.over(steps);
  trial.unschedule_lr();
  trial.schedule_lr(factor);
  return trial;
}

bool RangeTest::step(Optimizer& optimizer, Batches& batches, std::int64_t i) {
  const Batch batch = train_.batch(batches.rows(i / batches.count(), i % batches.count()));
  if (o_.progress) o_.progress(++done_, most_steps(o_));
  model_.train(true);
  optimizer.zero_grad();
  const Tensor loss = loss_of_(batch).mean;
  if (!std::isfinite(loss.item())) return false;
  loss.backward();
  if (!std::isfinite(optimizer.gradient_norm())) return false;
  optimizer.step();
  return true;
}

LrSweep RangeTest::sweep(const Optimizer& optimizer, std::uint64_t seed) {
  LrSweep result;
  result.seed = seed;
  const double ratio = std::pow(o_.high / o_.low, 1.0 / static_cast<double>(o_.steps - 1));
  Optimizer trial =
      with_rate(optimizer, o_.steps, Sweep{.first = o_.low / own_rate(optimizer), .ratio = ratio});
  Batches batches(train_.size(), o_.batch == 0 ? train_.size() : o_.batch, seed);
  const double start = probe(trial);
  double lowest = start;
  for (std::int64_t i = 0; i < o_.steps && !o_.stop.stop_requested(); ++i) {
    const double here = step(trial, batches, i) ? probe(trial) : kInfinity;
    // Of a loss that never falls, a third of its size counts as a fall.
    const double fall = std::max(start - lowest, std::abs(start) / 3);
    result.rose = !(here <= start + o_.rise * fall);
    if (result.rose) break;
    result.lr.push_back(o_.low * std::pow(ratio, static_cast<double>(i)));
    result.loss.push_back(here);
    lowest = std::min(lowest, here);
  }
  suggest(result, o_.smoothing);
  return result;
}

double RangeTest::trial(const Optimizer& optimizer, std::uint64_t seed, double lr) {
  Optimizer trial = with_rate(optimizer, o_.trial_steps,
                              Cosine{.start = lr / own_rate(optimizer), .steps = o_.trial_steps});
  Batches batches(train_.size(), o_.batch == 0 ? train_.size() : o_.batch, seed);
  const double start = probe(trial);
  for (std::int64_t i = 0; i < o_.trial_steps && !o_.stop.stop_requested(); ++i)
    if (!step(trial, batches, i)) return kInfinity;
  const double end = probe(trial);
  return end <= start ? end : kInfinity;
}

}  // namespace downhill::detail
