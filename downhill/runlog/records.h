#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "downhill/runlog/ended.h"
#include "downhill/runlog/verdict.h"

namespace downhill {

/// The version of the run log's format (docs/run-log.md); other versions are refused.
inline constexpr std::int64_t kRunLogSchema = 1;

/// The resolved configuration: names and values as text, in the order in which they are printed.
using Config = std::vector<std::pair<std::string, std::string>>;

/// The first line: what was run, and on what.
struct StartRecord {
  std::int64_t schema = kRunLogSchema;
  std::string version = {};    ///< of the program that wrote the log
  Config config = {};          ///< {"optimizer", "adamw:lr=0.001"}, ...
  std::string processor = {};  ///< the level of the kernels, "x86-64-v3"
  std::string blas = {};       ///< name and version
  std::int64_t threads = 0;
  /// The log was begun anew: it lacks the steps up to and with this one.
  std::optional<std::int64_t> after_step = {};
  std::string began = {};                    ///< in UTC, "2026-03-01T14:05:00Z"
  std::optional<double> constant_loss = {};  ///< of the best constant, on the training rows
};

/// One tensor (or layer) of the model during a step or an epoch.
struct LayerRecord {
  std::string name = {};                 ///< "0.weight"
  std::optional<double> gradient = {};   ///< 2-norm
  std::optional<double> update = {};     ///< 2-norm of the step that it took
  std::optional<double> parameter = {};  ///< 2-norm of its numbers before that step
  std::optional<double> dead = {};       ///< share of its units that are 0 for all rows
};

/// One optimizer step.
struct StepRecord {
  std::int64_t step = 0;  ///< steps done, counted from 1 over the whole run
  std::int64_t epoch = 0;
  Split split = Split::train;
  double loss = 0;                           ///< of the step's batch, before the step
  std::optional<double> lr = {};             ///< the rate that the step used
  std::optional<double> gradient_norm = {};  ///< 2-norm over all parameters, before clipping
  NamedNumbers metrics = {};                 ///< {"dead", 0.1}, ...
  std::vector<LayerRecord> layers = {};      ///< from the input to the output
};

/// One pass over one split.
struct EpochRecord {
  std::int64_t epoch = 0;  ///< counted from 1; 0: before the first step
  std::int64_t step = 0;   ///< steps done when it was measured
  Split split = Split::train;
  double loss = 0;
  std::optional<double> lr = {};
  std::optional<double> gradient_norm = {};
  NamedNumbers metrics = {};             ///< {"accuracy", 0.97}, ...
  std::vector<LayerRecord> layers = {};  ///< from the input to the output
};

/// Where on the landscape the run stands, as measured at the weights that it ends with.
struct StandsRecord {
  State stands = State::unknown;
  std::string reason = {};             ///< one sentence
  std::optional<bool> converged = {};  ///< absent: the doctor judges by the loss
  std::int64_t step = 0;               ///< whose weights were measured
  std::int64_t epoch = 0;
  std::int64_t rows = 0;  ///< rows of training data that were used
  std::int64_t parameters = 0;
  std::optional<double> loss = {};
  std::optional<double> gradient_norm = {};
  std::optional<double> h1 = {};           ///< largest eigenvalue of the Hessian
  std::optional<double> h1_residual = {};  ///< |H v - h1 v|
  std::optional<double> hn = {};           ///< smallest eigenvalue
  std::optional<double> hn_residual = {};
  /// How far the loss can still fall by the quadratic model, as a fraction of the loss.
  std::optional<double> quadratic_decrease = {};
  /// The loss minus the lowest loss found along the eigenvector of hn.
  std::optional<double> probe_decrease = {};
  NamedNumbers constants = {};  ///< every constant of the measurement
};

/// One column of a table, as it was understood.
struct ColumnRecord {
  std::string name = {};
  std::string kind = {};     ///< number, category, date, ...
  std::string role = {};     ///< input, target, weight or left out
  std::string range = {};    ///< "0.5 to 12", "3 levels: a, b, c"
  std::int64_t missing = 0;  ///< cells
  std::string done = {};     ///< what was made of it, or why it was left out
};

/// The columns of the table that a run is about, in file order.
struct ColumnsRecord {
  std::vector<ColumnRecord> columns = {};
};

/// A class: what it is called, and how its rows fare.
struct ClassRecord {
  std::string name = {};
  double weight = 0;                     ///< sum of the weights of its rows; their count without
  std::optional<double> recall = {};     ///< absent where it does not occur
  std::optional<double> precision = {};  ///< absent where it is never predicted
};

/// Rows whose predicted probability of the second class lies in (low, high].
struct CalibrationRecord {
  double low = 0, high = 0;
  double weight = 0;
  double predicted = 0;  ///< mean probability
  double observed = 0;   ///< share of the second class
};

/// A metric that is not defined on these rows, and why.
struct UndefinedRecord {
  std::string name = {};
  std::string reason = {};
};

/// What the weights that the run delivers are worth on one part of the data.
struct EvaluationRecord {
  std::string split = "test";
  std::int64_t rows = 0;
  std::optional<double> loss = {};           ///< mean, in the loss's own units
  std::optional<double> baseline_loss = {};  ///< of the best constant
  NamedNumbers metrics = {};
  std::vector<Interval> intervals = {};  ///< 95 %
  NamedNumbers baseline = {};            ///< the metrics of the best constant
  std::vector<UndefinedRecord> undefined = {};
  std::optional<double> threshold = {};  ///< of the second of two classes
  std::optional<double> missed = {}, false_alarms = {};
  std::vector<ClassRecord> classes = {};
  std::vector<std::vector<double>> confusion = {};     ///< [label][predicted]; up to 100 classes
  std::vector<CalibrationRecord> calibration = {};     ///< of two classes
  std::vector<double> targets = {}, predictions = {};  ///< of a sample of at most 2,000 rows
};

/// The last line: why the run ended.
struct EndRecord {
  Ended reason = Ended::steps_done;
  std::string message = {};  ///< details: the operation and tensor where non-finite numbers began
  std::int64_t step = 0;
  std::int64_t epoch = 0;
  double seconds = 0;
  std::optional<std::int64_t> best_epoch = {};  ///< whose weights were restored
  std::optional<double> best_loss = {};         ///< the validation loss of that epoch
};

/// A whole run log in memory.
struct RunLog {
  StartRecord start = {};
  std::optional<ColumnsRecord> columns = {};
  std::vector<StepRecord> steps = {};
  std::vector<EpochRecord> epochs = {};
  std::vector<EvaluationRecord> evaluations = {};  ///< one per part
  std::optional<StandsRecord> stands = {};
  std::optional<Verdict> verdict = {};
  std::optional<EndRecord> end = {};
  std::int64_t truncated_line = 0;  ///< a last line that a crash cut short, left out; 0: none
};

/// The evaluation of a part ("train", "validation", "test"); null if the log has none.
inline const EvaluationRecord* evaluation_of(const RunLog& log, std::string_view part) {
  for (const EvaluationRecord& record : log.evaluations)
    if (record.split == part) return &record;
  return nullptr;
}

}  // namespace downhill
