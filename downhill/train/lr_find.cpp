#include "downhill/train/lr_find.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/catalog/catalog.h"
#include "downhill/core/error.h"
#include "downhill/data/batches.h"
#include "downhill/optim/evaluation_weights.h"
#include "downhill/schedules/cosine.h"
#include "downhill/train/detail/checkpoint.h"
#include "downhill/train/detail/evaluation_mode.h"
#include "downhill/train/detail/explain.h"
#include "downhill/train/detail/table_task.h"

namespace downhill {
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

/// Everything that a sweep moves; back at the end of its scope.
class Kept {
 public:
  Kept(nn::Module& model, Optimizer& optimizer)
      : model_(model),
        optimizer_(optimizer),
        weights_(detail::copy_weights(model)),
        training_(model.training()) {
    for (auto& [name, tensor] : optimizer.state()) state_.emplace_back(name, tensor.clone());
    for (const Parameter& p : optimizer.parameters())
      gradients_.push_back(p.tensor.grad().defined() ? p.tensor.grad().clone() : Tensor());
  }
  ~Kept() {
    try {
      restore();
    } catch (const Error&) {
      // What does not fit back was changed by the loss itself, in shape or type.
    }
  }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;

  void restore() {
    model_.load(weights_);
    optimizer_.load_state(state_);
    for (std::size_t i = 0; i < gradients_.size(); ++i) {
      Tensor parameter = optimizer_.parameters()[i].tensor;
      parameter.zero_grad();
      if (gradients_[i].defined()) parameter.set_grad(gradients_[i]);
    }
    model_.train(training_);
  }

 private:
  nn::Module& model_;
  Optimizer& optimizer_;
  detail::Weights weights_;
  NamedTensors state_;
  std::vector<Tensor> gradients_;
  bool training_;
};

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

/// Steps of one model, for sweeps and trials.
class Test {
 public:
  Test(nn::Module& model, const Dataset& train, const LossOf& loss_of, const LrFindOptions& o,
       std::int64_t& done)
      : model_(model),
        train_(train),
        loss_of_(loss_of),
        o_(o),
        done_(done),
        probe_(detail::sample(train, o.probe_rows, o.seed)) {}

  LrSweep sweep(const Optimizer& optimizer, std::uint64_t seed);
  double start_loss(Optimizer& optimizer) { return probe(optimizer); }
  /// The loss at the end of a short run.
  double trial(const Optimizer& optimizer, std::uint64_t seed, double lr);

 private:
  /// A copy whose rate is `factor` times its own; it has the optimizer's state.
  static Optimizer with_rate(const Optimizer& optimizer, std::int64_t steps,
                             const Schedule& factor);
  double probe(Optimizer& optimizer) {
    const EvaluationWeights weights(optimizer);
    return evaluate(model_, probe_, loss_of_);
  }
  /// False, with nothing moved, where loss or gradient is not finite.
  bool step(Optimizer& optimizer, Batches& batches, std::int64_t i);

  nn::Module& model_;
  const Dataset& train_;
  const LossOf& loss_of_;
  const LrFindOptions& o_;
  std::int64_t& done_;
  Dataset probe_;
};

Optimizer Test::with_rate(const Optimizer& optimizer, std::int64_t steps, const Schedule& factor) {
  Optimizer trial = optimizer;
  trial.over(steps);
  trial.unschedule_lr();
  trial.schedule_lr(factor);
  return trial;
}

// Without a schedule that is under way.
double own_rate(Optimizer optimizer) {
  optimizer.unschedule_lr();
  const double own = optimizer.get("lr");
  if (!(own > 0))
    throw_usage("lr_find", fmt::format("the optimizer's lr is {}; expected above 0", own));
  return own;
}

// Sweeps, and trials of which there are at most so many.
constexpr std::int64_t kMostTrials = 12;
std::int64_t most_steps(const LrFindOptions& o) {
  return o.seeds * (o.steps + kMostTrials * o.trial_steps);
}

bool Test::step(Optimizer& optimizer, Batches& batches, std::int64_t i) {
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

LrSweep Test::sweep(const Optimizer& optimizer, std::uint64_t seed) {
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

double Test::trial(const Optimizer& optimizer, std::uint64_t seed, double lr) {
  Optimizer trial = with_rate(optimizer, o_.trial_steps,
                              Cosine{.start = lr / own_rate(optimizer), .steps = o_.trial_steps});
  Batches batches(train_.size(), o_.batch == 0 ? train_.size() : o_.batch, seed);
  const double start = probe(trial);
  for (std::int64_t i = 0; i < o_.trial_steps && !o_.stop.stop_requested(); ++i)
    if (!step(trial, batches, i)) return kInfinity;
  const double end = probe(trial);
  return end <= start ? end : kInfinity;
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
    if (std::ssize(rates) < kMostTrials) rates.push_back(lr);
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

/// `with(seed, body)` calls body(test, optimizer) on a model as it is before the test.
template <class With>
LrFound range_test(const LrFindOptions& o, With with) {
  LrFound found;
  const auto each_seed = [&](auto body) {
    for (std::int64_t i = 0; i < o.seeds && !o.stop.stop_requested(); ++i)
      with(o.seed + static_cast<std::uint64_t>(i), body);
  };
  each_seed([&](Test& test, Optimizer& optimizer, std::uint64_t seed) {
    found.start_loss += test.start_loss(optimizer) / static_cast<double>(o.seeds);
    found.sweeps.push_back(test.sweep(optimizer, seed));
  });
  found.steepest = median(found.sweeps, &LrSweep::steepest);
  found.minimum = median(found.sweeps, &LrSweep::minimum);
  found.valley = median(found.sweeps, &LrSweep::valley);
  const auto try_rate = [&](double lr) {
    double mean = 0;
    each_seed([&](Test& test, Optimizer& optimizer, std::uint64_t seed) {
      mean += test.trial(optimizer, seed, lr) / static_cast<double>(o.seeds);
    });
    found.trials.push_back({lr, mean});
  };
  if (o.trial_steps > 0)
    for (const double lr : candidates(found, o)) try_rate(lr);
  // Up, as long as the largest is the best.
  while (!found.trials.empty() && std::ssize(found.trials) < kMostTrials &&
         !o.stop.stop_requested() && best_of(found.trials) + 1 == found.trials.size() &&
         found.trials.back().lr * kStride <= o.high)
    try_rate(found.trials.back().lr * kStride);
  found.stopped = o.stop.stop_requested();
  conclude(found, o);
  return found;
}

}  // namespace

LrFound lr_find(nn::Module& model, Optimizer& optimizer, const Dataset& train,
                const LossOf& loss_of, const LrFindOptions& o) {
  check(optimizer, o);
  Kept kept(model, optimizer);
  std::int64_t done = 0;
  Test test(model, train, loss_of, o, done);
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
    Test test(model.model, *task.train, loss_of, o, done);
    body(test, optimizer, seed);
  });
}

}  // namespace downhill
