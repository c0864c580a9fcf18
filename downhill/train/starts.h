#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "downhill/inspect/landscape.h"
#include "downhill/train/minimize.h"
#include "downhill/train/table_run.h"

namespace downhill {

/// A way between two places that is bent downhill: a quadratic Bezier curve whose control point was
/// moved to lower the mean loss along it (Garipov et al. 2018).
struct BentOptions {
  int points = 15;            ///< of the curve at which the loss is asked, per step
  int asked = 25;             ///< of both ways at the end
  int steps = 60;             ///< of Adam on the control point
  double lr = 0.02;           ///< in units of the distance between the places
  std::stop_token stop = {};  ///< what the curve has come to is returned then
};
/// The barrier on that curve, asked at `asked` places; never higher than the straight one.
Barrier bent_barrier(const Objective& objective, const Tensors& parameters,
                     const std::vector<double>& from, const std::vector<double>& to,
                     const BentOptions& options = {});

/// Where several of many starts of `minimize` ended.
struct MinimizeEnd {
  std::vector<double> x;
  double value = 0;
  State state = State::unknown;
  Ended ended = Ended::steps_done;
  std::int64_t starts = 0;  ///< that ended here
  double share = 0;         ///< of all
  /// A place to stand on: not diverging, unbounded or not finite.
  bool reached() const {
    return ended == Ended::converged || ended == Ended::target_reached ||
           ended == Ended::steps_done || ended == Ended::search_failed;
  }
  /// The height that must be climbed from here to the best end, straight and bent; none at the best.
  std::optional<double> barrier = {}, bent = {};
};

struct MinimizeStarts {
  std::vector<MinimizeEnd> ends;  ///< lowest first; those that did not end at a number last
  std::vector<std::string> variables;
  std::int64_t starts = 0;
  bool stopped = false;
};

struct StartsOptions {
  std::int64_t starts = 100;
  std::vector<std::pair<double, double>> box = {};  ///< of each variable, in the formula's order
  std::uint64_t seed = 0;
  double same = 1e-4;  ///< ends nearer than this part of the box, in every variable, are one
  MinimizeOptions minimize = {};
  std::function<void(std::int64_t done, std::int64_t of)> progress = {};
};

/// Minimises from many places of a box, spread evenly (Halton's sequence, shifted by the seed), and says
/// which ends there are, how many starts lead to each and what lies between them. UsageError: no starts,
/// a box that does not fit the variables.
MinimizeStarts minimize_starts(const std::shared_ptr<const TextFormula>& formula,
                               const Method& method, const StartsOptions& options);

/// A table's run from several first weights, with the same rows in every part.
struct TableStart {
  std::int64_t start = 0;
  TableRunResult run;
  double train_loss = 0;
  std::optional<double> validation_loss = {}, test_loss = {};
  /// Between this start's weights and the best one's, on the training rows: straight and bent.
  std::optional<double> barrier = {}, bent = {};
};

struct TableStarts {
  std::vector<TableStart> starts;
  /// Of the lowest validation loss, or training loss where there is none; none if all failed.
  std::optional<std::size_t> best = {};
  /// Spearman's rank correlation of training and test losses, over the starts that did not fail.
  std::optional<double> rank_correlation = {};
  std::string sentence = {};  ///< whether a lower training loss was worth anything on test rows
  bool stopped = false;
};

/// Trains `count` times into out/start_0, out/start_1, ...; `run.start` is set for each. The barriers
/// are measured on at most `rows` training rows.
TableStarts run_starts(const TableRunOptions& run, std::int64_t count, std::int64_t rows = 1024);

}  // namespace downhill
