#pragma once
#include <chrono>
#include <optional>

#include "downhill/data/batches.h"
#include "downhill/train/detail/checkpoint.h"
#include "downhill/train/detail/log_keeper.h"
#include "downhill/train/fit.h"

namespace downhill::detail {

using Clock = std::chrono::steady_clock;

/// What logs and checkpoints can count.
constexpr std::int64_t kMostSteps = std::int64_t{1} << 53;

/// One training run: `open`, then `run`.
class Run {
 public:
  Run(nn::Module& model, Optimizer& optimizer, const Dataset& train, const Dataset* validation,
      const LossOf& loss_of, const FitOptions& options, const MetricsOf& metrics);

  /// Schedules, observers, log and checkpoint.
  void open();
  FitResult run();

 private:
  /// What one step computed; it was taken if all is finite.
  struct Update {
    double loss = 0, weight = 0, gradient_norm = 0;
    NamedNumbers gauges = {};
    bool skipped = false;  // not finite, and kept from the parameters
    bool finite() const;
  };

  // run.cpp
  void begin_log();
  void epoch();
  bool step();
  void log_step(const Update& update, double lr);
  bool went_wrong(const Batch& batch, const Update& update);
  void close_epoch();
  void validate();
  void end(Ended how, std::string message = {});

  // run_step.cpp
  Update descend(const Batch& batch);
  void step_over(Update& update);
  void note_skipped(Update& update);
  void put_back(const std::vector<Tensor>& before);
  Update search(const Batch& batch);
  bool sums_are_due() const;
  void measure_step(const std::vector<Tensor>& before);

  // run_resume.cpp
  void resume();
  void resume_log();
  Config identity() const;
  Ended ended_of(const std::filesystem::path& file) const;

  // run_end.cpp
  void finish();
  void deliver();
  void keep_good(double loss);
  std::int64_t delivered_step() const;
  void test();
  void explain();
  void close_log();
  NamedNumbers metrics_on(const Dataset& rows);

  RunParts parts() { return {model_, optimizer_, method_, o_.observers, identity_}; }
  void save();
  double rate() const;
  void report() const;
  double seconds() const;

  nn::Module& model_;
  Optimizer& optimizer_;
  const std::string method_;  // as it was given
  const Dataset& train_;
  const Dataset* validation_;
  const LossOf& loss_of_;
  const FitOptions& o_;
  const MetricsOf& metrics_;
  Batches batches_;
  const std::int64_t steps_, log_every_;
  const bool wants_sums_, has_layers_;
  Config identity_;  // the configuration, and what else a checkpoint must fit
  bool ended_ = false;
  Position at_;
  Weights best_;
  std::vector<TensorSums> sums_;  // of the last step
  double last_loss_ = 0;
  std::optional<DirectoryLock> lock_;
  LogKeeper log_;
  FitResult result_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point saved_ = start_;
};

}  // namespace downhill::detail
