#include "downhill/train/table_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/autodiff/node.h"
#include "downhill/catalog/catalog.h"
#include "downhill/catalog/model.h"
#include "downhill/core/error.h"
#include "downhill/io/atomic_file.h"
#include "downhill/report/html.h"
#include "downhill/train/detail/explain.h"
#include "downhill/train/detail/table_task.h"
#include "downhill/train/metrics.h"
#include "downhill/train/observers.h"
#include "downhill/train/outputs.h"

namespace downhill {
namespace {

namespace fs = std::filesystem;

void check_directory(const TableRunOptions& o) {
  if (o.resume && o.overwrite) throw_usage("train", "resume and overwrite exclude each other");
  if (o.out.empty()) {
    if (o.resume) throw_usage("train", "resume needs the run's directory: --out");
    return;
  }
  const bool log = fs::exists(o.out / kLogFile), checkpoint = fs::exists(o.out / kCheckpointFile);
  if ((log || checkpoint) && !o.resume && !o.overwrite)
    throw_usage("train", fmt::format("{} holds a run; give {}--overwrite to replace it, or another "
                                     "--out",
                                     o.out.string(),
                                     log && checkpoint ? "--resume to go on with it, " : ""));
  if (!o.resume) return;
  // A run that was killed before its first file left the directory: it begins again.
  const bool begun = fs::is_directory(o.out) && !log && !fs::exists(o.out / kModelFile);
  if (!checkpoint && !begun)
    throw FileError(FileError::Kind::model, fmt::format("{}: there is no checkpoint to resume from",
                                                        (o.out / kCheckpointFile).string()));
}

// The checkpoint goes last: until then the old run can be resumed.
void remove_old_run(const fs::path& out) {
  for (const char* old : {kModelFile, kReportFile, kLogFile, kCheckpointFile}) {
    std::error_code error;
    fs::remove(out / old, error);
    if (error)
      throw FileError(FileError::Kind::write, fmt::format("{}: the old file cannot be removed: {}",
                                                          (out / old).string(), error.message()));
  }
}

// What the run was: written to the log and the checkpoint, compared on resuming.
Config config_of(const TableRunOptions& o, const std::vector<Choice>& choices) {
  Config config = {{"data", o.data.string()}};
  for (const Choice& choice : choices) config.emplace_back(choice.name, choice.value);
  config.emplace_back("validation", print_option(o.validation));
  config.emplace_back("test", print_option(o.test));
  return config;
}

/// The parts of a table as data sets of the model.
struct Parts {
  Parts(const TableModel& model, const detail::TableTask& task)
      : whole(model.inputs(task.table), model.targets(task.table)),
        train(whole.subset(task.train_rows)) {
    if (task.validation_rows.elements() > 0) validation.emplace(whole.subset(task.validation_rows));
    if (task.test_rows.elements() > 0) test.emplace(whole.subset(task.test_rows));
  }
  Dataset whole, train;
  std::optional<Dataset> validation, test;
};

NamedNumbers metrics_of(const TableModel& model, const Loss& loss, const Dataset& rows) {
  const Batch all = rows.all();
  const Tensor outputs = model.outputs(all.input);
  const ModelCard& card = model.card;
  if (card.task == Task::classes) return {{"accuracy", accuracy(outputs, all.target)}};
  if (card.task == Task::binary) return {{"accuracy", binary_accuracy(outputs, all.target)}};
  const auto m = regression_metrics(predicted(loss, outputs), all.target);
  return {{"rmse", m.rmse * card.target_deviation}, {"r2", m.r2}};
}

LossOf loss_of(const TableModel& model, const Loss& loss) {
  return [&model, loss, task = model.card.task](const Batch& batch) {
    return table_loss(loss, task, model.model(batch.input), batch.target);
  };
}

// The command is right, but what the file holds does not fit it.
detail::TableTask prepared(const TableRunOptions& o) {
  try {
    return detail::prepare_table(o);
  } catch (const UsageError& error) {
    throw DataError(error.what());
  }
}

void write_report(const fs::path& out, const FitResult& fit) {
  write_atomically(out / kReportFile, html_report(fit.log, fit.verdict));
}

}  // namespace

TableRunResult run_table(const TableRunOptions& o) {
  detail::check_table_options(o);
  check_directory(o);
  detail::TableTask task = prepared(o);
  if (o.resolved) o.resolved({task.table.description, task.choices});
  const Config config = config_of(o, task.choices);
  task.card.training = config;

  TableModel model(task.card, model_from(task.card.architecture,
                                         static_cast<std::int64_t>(task.card.columns.size()),
                                         task.card.outputs(), o.seed));
  const Parts parts(model, task);
  const Loss loss = loss_from(task.card.loss);
  const LossOf batch_loss = loss_of(model, loss);
  Optimizer optimizer(optimizer_from(o.optimizer.empty() ? kDefaultOptimizer : o.optimizer),
                      model.model.parameters());
  FitOptions options{.epochs = o.epochs,
                     .batch = o.batch,
                     .seed = o.seed,
                     .patience = o.patience,
                     .out = o.out,
                     .resume = o.resume,
                     .config = config,
                     .stop = o.stop,
                     .progress = o.progress};
  if (!task.schedule.empty()) options.schedule = schedule_from(task.schedule);
  options.observers = observers_from(o.observers);
  options.test = parts.test ? &*parts.test : nullptr;
  std::optional<DirectoryLock> lock;
  if (!o.out.empty()) {
    lock.emplace(o.out);
    check_directory(o);  // another process may have made a run there meanwhile
    remove_leftovers(o.out);
    options.lock = &*lock;
    options.resume = o.resume && fs::exists(o.out / kCheckpointFile);
    if (!options.resume) remove_old_run(o.out);
  }

  TableRunResult result;
  const Dataset* validation = parts.validation ? &*parts.validation : nullptr;
  result.fit = fit(model.model, optimizer, parts.train, validation, batch_loss, options,
                   [&](const Dataset& rows) { return metrics_of(model, loss, rows); });
  model.model.eval();
  result.out = o.out;
  if (!o.out.empty()) {
    if (!result.fit.failed() && result.fit.ended != Ended::interrupted)
      model.write(o.out / kModelFile);
    write_report(o.out, result.fit);
  }
  return result;
}

Remeasured measure_run(const fs::path& run, const StationarityOptions& options) {
  TableModel model = TableModel::read(run / kModelFile);
  const auto value = [&](const std::string& name) -> std::string {
    for (const auto& [key, text] : model.card.training)
      if (key == name) return text;
    throw FileError(FileError::Kind::model, fmt::format("{}: the training configuration has no {}",
                                                        (run / kModelFile).string(), name));
  };
  TableRunOptions o{.data = value("data"), .target = model.card.target};
  const auto read = [&](const std::string& name, auto& to) {
    if (!read_option(value(name), to).empty())
      throw FileError(FileError::Kind::model,
                      fmt::format("{}: {} = '{}' cannot be read", (run / kModelFile).string(), name,
                                  value(name)));
  };
  std::int64_t seed = 0;
  read("seed", seed);
  o.seed = static_cast<std::uint64_t>(seed);
  read("validation", o.validation);
  read("test", o.test);
  const detail::TableTask task = detail::reopen_table(o, model.card);
  const Parts parts(model, task);
  const auto rows = detail::sample(parts.train, FitOptions().explain_rows, o.seed);
  const Loss loss = loss_from(model.card.loss);
  StationarityOptions used = options;
  used.seed = o.seed;
  return {detail::measure(model.model, rows, loss_of(model, loss), used), model.card};
}

}  // namespace downhill
