#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "downhill/data/dataset.h"
#include "downhill/optim/optimizer.h"
#include "downhill/runlog/ended.h"
#include "downhill/runlog/records.h"

namespace downhill {

/// What one update did to one tensor: 2-norms of its gradient, of the step that it took and of its
/// numbers before that step.
struct TensorSums {
  std::string_view name;
  double gradient, direction, parameter;
};

/// One update.
struct StepSums {
  std::int64_t step;  ///< counted from 1 over the whole run
  double loss, lr;
  std::span<const TensorSums> tensors;  ///< empty unless some observer `wants_sums`
};

/// Why an observer ends a run.
struct Stop {
  Ended ended = Ended::target_reached;
  std::string message = {};
};

/// What looks at a run of `fit`, and may steer or end it: a learning rate that waits for plateaus,
/// gauges, an exchange of gradients. `fit` knows none of them; it calls them in the order of
/// FitOptions::observers. All that moves is in `state`, so that a resumed run goes on bit for bit.
///
///     struct StopAt : Observer {
///       std::string text() const override { return "stop_at"; }
///       std::optional<Stop> after_epoch(const RunLog& log) override {
///         if (log.epochs.back().loss < 0.1) return Stop{.message = "0.1 was enough"};
///         return {};
///       }
///     };
class Observer {
 public:
  Observer() = default;
  virtual ~Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

  /// "reduce_on_plateau:factor=0.5,...": what a resumed run must have again. Empty for one that changes
  /// nothing that a checkpoint holds: it may come and go.
  virtual std::string text() const = 0;
  /// Whether it sets the learning rate; `train` then takes no default schedule.
  virtual bool sets_rate() const { return false; }
  /// A run begins: state as new. The optimizer stays until the run's end.
  virtual void begin(Optimizer&) {}
  virtual void before_step(const Batch&) {}
  /// Between backward and step; gradients may be changed (set_grad), and so may the loss that is
  /// logged. Not called for optimizers that evaluate the loss themselves.
  virtual void after_backward(std::span<const Parameter>, double& /*loss*/) {}
  /// Sums over the parameters cost two passes over memory and a copy per step.
  virtual bool wants_sums() const { return false; }
  virtual void after_step(const StepSums&) {}
  /// After the records of an epoch stand in the log. A `Stop` ends the run.
  virtual std::optional<Stop> after_epoch(const RunLog&) { return {}; }
  /// All that moves, by name.
  virtual NamedTensors state() const { return {}; }
  /// Called after `begin` of a resumed run. DataError for what does not fit.
  virtual void load(const NamedTensors&) {}
};
using ObserverPtr = std::shared_ptr<Observer>;

}  // namespace downhill
