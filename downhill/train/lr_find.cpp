#include "downhill/train/lr_find.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/data/batches.h"
#include "downhill/optim/evaluation_weights.h"
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

void check(const Optimizer& optimizer, const LrFindOptions& o) {
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

class Test {
 public:
  Test(nn::Module& model, const Dataset& train, const LossOf& loss_of, const LrFindOptions& o)
      : model_(model),
        train_(train),
        loss_of_(loss_of),
        o_(o),
        probe_(detail::sample(train, o.probe_rows, o.seed)) {}

  LrSweep sweep(Optimizer& optimizer, std::uint64_t seed, std::int64_t done_before);

 private:
  double probe(Optimizer& optimizer) {
    const EvaluationWeights weights(optimizer);
    return evaluate(model_, probe_, loss_of_);
  }

  nn::Module& model_;
  const Dataset& train_;
  const LossOf& loss_of_;
  const LrFindOptions& o_;
  Dataset probe_;
};

LrSweep Test::sweep(Optimizer& optimizer, std::uint64_t seed, std::int64_t done_before) {
  LrSweep result;
  result.seed = seed;
  Optimizer trial = optimizer;
  const double own = trial.get("lr");
  if (!(own > 0))
    throw_usage("lr_find", fmt::format("the optimizer's lr is {}; expected above 0", own));
  const double ratio = std::pow(o_.high / o_.low, 1.0 / static_cast<double>(o_.steps - 1));
  trial.over(o_.steps);
  trial.unschedule_lr();
  trial.schedule_lr(Sweep{.first = o_.low / own, .ratio = ratio});
  Batches batches(train_.size(), o_.batch == 0 ? train_.size() : o_.batch, seed);
  const double start = probe(trial);
  double lowest = start;
  model_.train(true);
  for (std::int64_t i = 0; i < o_.steps && !o_.stop.stop_requested(); ++i) {
    const Batch batch = train_.batch(batches.rows(i / batches.count(), i % batches.count()));
    trial.zero_grad();
    const Tensor loss = loss_of_(batch).mean;
    if (std::isfinite(loss.item())) {
      loss.backward();
      if (std::isfinite(trial.gradient_norm())) trial.step();
      else result.rose = true;
    } else {
      result.rose = true;
    }
    const double here = result.rose ? kInfinity : probe(trial);
    // Of a loss that never falls, a third of its size counts as a fall.
    const double fall = std::max(start - lowest, std::abs(start) / 3);
    result.rose = !(here <= start + o_.rise * fall);
    if (o_.progress) o_.progress(done_before + i + 1, o_.steps * o_.seeds);
    if (result.rose) break;
    result.lr.push_back(o_.low * std::pow(ratio, static_cast<double>(i)));
    result.loss.push_back(here);
    lowest = std::min(lowest, here);
  }
  suggest(result, o_.smoothing);
  return result;
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

void conclude(LrFound& found, const LrFindOptions& o) {
  found.stopped = o.stop.stop_requested();
  found.steepest = median(found.sweeps, &LrSweep::steepest);
  found.minimum = median(found.sweeps, &LrSweep::minimum);
  found.valley = median(found.sweeps, &LrSweep::valley);
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
  std::ranges::sort(all);
  found.agreement = all.back() / all.front();
  found.lr = all[all.size() / 2];
  found.reason = fmt::format("the middle one of {} suggestions, which differ by a factor of {:.3g}",
                             all.size(), found.agreement);
}

}  // namespace

LrFound lr_find(nn::Module& model, Optimizer& optimizer, const Dataset& train,
                const LossOf& loss_of, const LrFindOptions& o) {
  check(optimizer, o);
  LrFound found;
  Kept kept(model, optimizer);
  Test test(model, train, loss_of, o);
  for (std::int64_t i = 0; i < o.seeds && !o.stop.stop_requested(); ++i) {
    const auto seed = o.seed + static_cast<std::uint64_t>(i);
    found.sweeps.push_back(test.sweep(optimizer, seed, i * o.steps));
    kept.restore();
  }
  conclude(found, o);
  return found;
}

LrFound lr_find_table(const TableRunOptions& run, const LrFindOptions& options) {
  detail::check_table_options(run);
  LrFindOptions o = options;
  o.batch = run.batch;
  o.seed = run.seed;
  const detail::TableTask task = detail::read_task(run);
  if (run.resolved) run.resolved(detail::resolved_run(task));
  LrFound found;
  for (std::int64_t i = 0; i < o.seeds && !o.stop.stop_requested(); ++i) {
    const auto seed = o.seed + static_cast<std::uint64_t>(i);
    TableModel model = TableModel::begin(task.card, seed);
    Optimizer optimizer = detail::optimizer_for(task, run, model);
    check(optimizer, o);
    const LossOf loss_of = model.loss_of();
    found.sweeps.push_back(
        Test(model.model, *task.train, loss_of, o).sweep(optimizer, seed, i * o.steps));
  }
  conclude(found, o);
  return found;
}

}  // namespace downhill
