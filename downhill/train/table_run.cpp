#include "downhill/train/table_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/catalog/catalog.h"
#include "downhill/core/error.h"
#include "downhill/core/memory.h"
#include "downhill/io/atomic_file.h"
#include "downhill/io/same_file.h"
#include "downhill/report/html.h"
#include "downhill/train/detail/table_check.h"
#include "downhill/train/detail/table_metrics.h"
#include "downhill/train/detail/table_task.h"
#include "downhill/train/observers.h"

namespace downhill {
namespace {

namespace fs = std::filesystem;

void check_directory(const TableRunOptions& o) {
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
  const std::string out = "--out: " + o.out.string();
  check_outputs(
      std::array{NamedFile{"DATA", o.data}, NamedFile{"--validation", o.validation_file},
                 NamedFile{"--test", o.test_file}},
      std::array{NamedFile{out, o.out / kLogFile}, NamedFile{out, o.out / kCheckpointFile},
                 NamedFile{out, o.out / kModelFile}, NamedFile{out, o.out / kReportFile},
                 NamedFile{out, o.out / kLockFile}});
  if (!o.resume) return;
  // A run that was killed before its first file began nothing: it begins again.
  const bool finished = log || fs::exists(o.out / kModelFile);
  if (!checkpoint && finished)
    throw FileError(FileError::Kind::model, fmt::format("{}: there is no checkpoint to resume from",
                                                        (o.out / kCheckpointFile).string()));
}

void check_warmup(const TableRunOptions& o, std::int64_t rows) {
  const std::int64_t batch = o.batch == 0 ? rows : o.batch, in_epoch = (rows + batch - 1) / batch;
  if ((o.warmup - 1) / in_epoch >= o.epochs)
    throw_usage(
        "train",
        fmt::format("warmup = {}, but the run has {} steps ({} epochs of {} rows in batches "
                    "of {}): its rate would never be reached; give less, or more epochs",
                    o.warmup, o.epochs * in_epoch, o.epochs, rows, batch));
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
Config config_of(const TableRunOptions& o, const detail::TableTask& task) {
  Config config = {{"data", o.data.string()}, {"table", task.card.fingerprint}};
  const auto known = [&](const std::string& name) {
    return std::ranges::any_of(config, [&](const auto& entry) { return entry.first == name; });
  };
  for (const Choice& choice : task.choices) config.emplace_back(choice.name, choice.value);
  config.emplace_back("validation", print_option(o.validation));
  config.emplace_back("test", print_option(o.test));
  for (const auto& [name, value] : detail::config_from(o))
    if (!known(name)) config.emplace_back(name, value);
  return config;
}

std::vector<EvaluationRecord> evaluations_of(TableModel& model, const detail::TableTask& task,
                                             std::uint64_t seed) {
  std::vector<EvaluationRecord> all;
  for (const auto& [part, rows] :
       {std::pair(Split::train, &task.train), std::pair(Split::validation, &task.validation),
        std::pair(Split::test, &task.test)}) {
    if (!*rows) continue;
    give_back_free_memory();
    all.push_back(detail::evaluate_rows(model, **rows, part, seed));
  }
  return all;
}

void write_report(const fs::path& out, const FitResult& fit) {
  write_atomically(out / kReportFile, html_report(fit.log, fit.verdict));
}

}  // namespace

const EvaluationRecord* TableRunResult::evaluation(std::string_view part) const {
  return evaluation_of(fit.log, part);
}

TableRunResult run_table(const TableRunOptions& o) {
  detail::check_table_options(o);
  check_directory(o);
  detail::TableTask task = detail::read_task(o);
  give_back_free_memory();
  check_warmup(o, task.train->size());
  if (o.resume && !fs::exists(o.out / kCheckpointFile))
    task.notes.push_back(
        fmt::format("there is no checkpoint in {} yet: the run begins", o.out.string()));
  if (o.resolved) o.resolved(detail::resolved_run(task));
  const Config config = config_of(o, task);
  task.card.training = config;

  const std::uint64_t seed = o.seed + static_cast<std::uint64_t>(o.start);
  TableModel model = TableModel::begin(task.card, seed);
  Optimizer optimizer = detail::optimizer_for(task, o, model);
  FitOptions options{.epochs = o.epochs,
                     .batch = o.batch,
                     .seed = seed,
                     .patience = task.validation ? o.patience : 0,
                     .unit = task.card.head.k,
                     .out = o.out,
                     .resume = o.resume,
                     .config = config,
                     .constant_loss = task.card.head.constant_loss,
                     .columns = task.columns,
                     .stop = o.stop,
                     .progress = o.progress};
  if (!task.schedule.empty()) options.schedule = schedule_from(task.schedule);
  options.observers = observers_from(o.observers);
  options.observers.insert(options.observers.end(), o.watch.begin(), o.watch.end());
  const auto doctor = std::make_shared<LiveDoctor>(o.doctor, o.found);
  options.observers.push_back(doctor);
  options.keep_good = o.doctor == Live::stop;
  options.test = task.test ? &*task.test : nullptr;
  options.evaluations = [&] { return evaluations_of(model, task, o.seed); };
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
  if (!options.resume && detail::check_is_wanted(o, task.train->size()))
    result.checks = detail::checks_of(model, optimizer, *task.train, o.seed);
  const Dataset* validation = task.validation ? &*task.validation : nullptr;
  result.fit = fit(model.model, optimizer, *task.train, validation, model.loss_of(), options,
                   [&](const Dataset& rows) { return detail::epoch_metrics(model, rows); });
  model.model.eval();
  result.out = o.out;
  result.card = task.card;
  result.notes = task.notes;
  for (const TrainingCheck& check : result.checks)
    if (check.passed == false)
      result.notes.push_back(fmt::format("{}: {}", check.name, check.text));
  for (std::string& note : doctor->taken_back(result.fit.verdict))
    result.fit.notes.push_back(std::move(note));
  for (const std::string& note : result.fit.notes) result.notes.push_back(note);
  if (!o.out.empty()) {
    if (!result.fit.failed() && result.fit.ended != Ended::interrupted)
      model.write(o.out / kModelFile);
    write_report(o.out, result.fit);
  }
  return result;
}

EvaluationRecord evaluate_table(TableModel& model, const fs::path& data, const std::string& target,
                                std::vector<std::string>& notes, bool drop_missing_target) {
  TableRunOptions o = detail::options_from(model.card.training, model.card.target, data);
  if (!target.empty()) o.target = target;
  o.drop_missing_target = o.drop_missing_target || drop_missing_target;
  std::string fingerprint;
  const Dataset rows = detail::labelled_rows(model.card, o, data, notes, fingerprint);
  notes.push_back(fingerprint == model.card.fingerprint
                      ? "this is the table of the training: these figures are not held out (train "
                        "prints those)"
                      : data.string() + " is another table than that of the training");
  EvaluationRecord record = detail::evaluate_rows(model, rows, Split::test, o.seed);
  record.split = "data";
  return record;
}

FinishedRun finished_run(const fs::path& run, const fs::path& data) {
  TableModel model = TableModel::read(run / kModelFile);
  for (auto& [name, value] : model.card.training)
    if (name == "data" && !data.empty()) value = data.string();
  const TableRunOptions o =
      detail::options_from(model.card.training, model.card.target, run / kModelFile);
  std::error_code error;
  if (!fs::exists(o.data, error))
    throw FileError(
        FileError::Kind::data,
        fmt::format("{}: is not there: the table of {}, named as seen from where it was "
                    "trained; give its place by --data",
                    o.data.string(), run.string()));
  std::string fingerprint, note;
  Tensor table_rows;
  Dataset rows = detail::of_the_data(
      o.data, [&] { return detail::training_rows(model.card, o, fingerprint, table_rows); });
  if (fingerprint != model.card.fingerprint)
    note = fmt::format("{} is another table than the one that the run was trained on",
                       o.data.string());
  return {std::move(model), std::move(rows), o.seed, std::move(note), std::move(table_rows)};
}

}  // namespace downhill
