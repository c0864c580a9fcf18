#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/train/loss_of.h"
#include "downhill/train/table_run.h"

namespace downhill {

struct LrFindOptions {
  double low = 1e-6, high = 10;    ///< rates that are tried, times those of groups with others
  std::int64_t steps = 150;        ///< of a sweep
  std::int64_t batch = 32;         ///< rows per step; 0: all
  std::int64_t seeds = 3;          ///< sweeps, each with an order of rows of its own
  std::int64_t probe_rows = 256;   ///< on which the loss is asked after each step
  double smoothing = 0.15;         ///< of the curve, in decades of the rate
  double rise = 3;                 ///< a sweep ends so many times its fall above its start
  std::int64_t trial_steps = 300;  ///< of the trials that decide between the suggestions; 0: none
  std::uint64_t seed = 0;
  std::stop_token stop = {};
  std::function<void(std::int64_t done, std::int64_t of)> progress = {};  ///< steps

  static constexpr auto options() {
    using O = LrFindOptions;
    return std::array{
        option<&O::low>("low", kPositive, "the smallest rate"),
        option<&O::high>("high", kPositive, "the largest rate"),
        option<&O::steps>("steps", {20, 1e6}, "steps of a sweep"),
        option<&O::batch>("batch", kNonNegative, "rows per step; 0: all"),
        option<&O::seeds>("seeds", {1, 1000}, "sweeps"),
        option<&O::probe_rows>("probe_rows", kCount, "rows on which the loss is asked"),
        option<&O::smoothing>("smoothing", kNonNegative, "of the curve, in decades of the rate"),
        option<&O::rise>("rise", kPositive, "a sweep ends so many times its fall above its start"),
        option<&O::trial_steps>("trial_steps", kNonNegative,
                                "steps of the trials that decide; 0: none")};
  }
};

/// One sweep: the rate grows from step to step by a constant factor.
struct LrSweep {
  std::uint64_t seed = 0;
  std::vector<double> lr, loss, smoothed;  ///< the loss after the step at that rate
  bool rose = false;                       ///< it ended because the loss rose, or was not finite
  /// Where the smoothed loss falls fastest over log lr, a tenth of where it is lowest, and the middle
  /// of its longest fall. None where the loss does not fall beyond its noise.
  std::optional<double> steepest = {}, minimum = {}, valley = {};
};

/// A short run at one rate, which falls to 0 along a cosine: the mean over the seeds of the loss that it
/// ends with; infinite where one of them ends higher than it began.
struct LrTrial {
  double lr, loss;
};

struct LrFound {
  std::vector<LrSweep> sweeps;
  double start_loss = 0;        ///< of the weights that all begin with, the seeds' mean
  std::vector<LrTrial> trials;  ///< rising rates
  /// Over the sweeps: the medians of each kind.
  std::optional<double> steepest = {}, minimum = {}, valley = {};
  /// What is advised: the geometric middle of the rates whose trials end within 5 % of the fall of the
  /// best; without trials the rate of the steepest fall.
  std::optional<double> lr = {};
  double agreement = 0;     ///< largest over smallest of all suggestions; 1: all the same
  std::string reason = {};  ///< why none, or how it was chosen
  bool stopped = false;
};

/// The learning-rate range test (Smith 2017) from the model's present weights, with the optimizer's
/// state, for each seed; then short trials at rates half a decade apart, from the lowest suggestion to
/// three times the rate of the lowest loss (and on as long as the largest is the best, up to `high` and
/// twelve trials), since where a loss falls fastest is not yet where a run
/// ends best. The loss is asked on fixed rows after each
/// step, so that no easy batch looks like progress; curves are smoothed with a Gaussian over log lr;
/// slopes are over log lr; a loss that is not finite ends a sweep. Weights, buffers (the random state of
/// Dropout), gradients, mode, the optimizer's state, its schedule and the order of rows are as they
/// were, bit for bit, also when `loss_of` throws.
/// UsageError: options out of range, an optimizer without a learning rate or with a search.
LrFound lr_find(nn::Module& model, Optimizer& optimizer, const Dataset& train,
                const LossOf& loss_of, const LrFindOptions& options = {});

/// The same for a table, as `train` would train it; each seed has first weights of its own.
LrFound lr_find_table(const TableRunOptions& run, const LrFindOptions& options = {});

/// The suggestions of one curve, from its smoothed losses. For tests and for curves of elsewhere.
void suggest(LrSweep& sweep, double smoothing);

}  // namespace downhill
