#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "downhill/runlog/records.h"
#include "downhill/train/table_run.h"

namespace downhill {

/// What `downhill advise` is told beside the table; prices are of one unit of error, or of one row.
/// (That of a missed row is `TableRunOptions::cost_missed`.)
struct AdviseOptions {
  double cost_false_alarm = 0;           ///< of two classes; 0: not told
  double cost_under = 0, cost_over = 0;  ///< of numbers: per unit too low, too high; 0: not told
  std::string metric = "";               ///< what the model will be judged by
  std::int64_t folds = 5;                ///< of the cross-validation
  std::int64_t most_rows = 3000;         ///< of more rows so many are drawn
};

/// How much better, per row, the first proposal is in the measure that orders them.
struct AdviceDifference {
  std::string from;                  ///< the first proposal's loss
  double mean = 0;                   ///< above 0: this one is worse
  std::array<double, 2> interval{};  ///< 95 %, of paired rows
  bool shown() const { return interval[0] > 0 || interval[1] < 0; }
};

struct Proposal {
  std::string loss;                  ///< a spec for --loss
  std::vector<std::string> reasons;  ///< facts of the target, then the evidence
  std::optional<double> score =
      {};  ///< held out, in `Advice::measure`; none where it cannot be asked
  std::array<double, 2> interval{};                 ///< 95 %, of the score
  std::optional<AdviceDifference> difference = {};  ///< none for the first
  NamedNumbers metrics = {};  ///< held out: rmse and mae, or accuracy, log_loss, ...
  std::string command = "";   ///< what to run
};

/// Losses for a table, the best supported first.
struct Advice {
  Task task = Task::numbers;
  std::string measure;  ///< log_likelihood (nats per row), cost (per row), or the metric
  bool higher_is_better = true;
  NamedNumbers target;  ///< its facts: rows, low, high, mean, skewness, zeros, ...
  std::vector<Proposal> proposals;
  std::vector<std::string> notes;
};

/// The whole of `downhill advise`: looks at the target, fits what its values admit, and orders losses by
/// evidence: a cost or metric that is told, by its cross-validation; else by the held-out
/// log-likelihood of the distribution behind each loss, with its own scale and shape fitted.
/// docs/advise.md has every rule. A quick fit is a linear model of the inputs, or of curves of them, by
/// L-BFGS; which of the two is the better one of held-out rows. Same bits for the same seed.
/// UsageError for options that do not fit, DataError for the table's.
Advice advise_table(const TableRunOptions& run, const AdviseOptions& options = {});

}  // namespace downhill
