// The rows of a table as a finished model takes them.
#include <fmt/format.h>

#include "downhill/core/error.h"
#include "downhill/train/detail/table_data.h"
#include "downhill/train/detail/table_task.h"

namespace downhill::detail {
namespace {

// The target in the kind that the model was trained for.
void fit_target(TargetColumn& target, const ModelCard& card) {
  if (card.task == Task::numbers && target.kind == TargetColumn::Kind::text)
    throw DataError(fmt::format("{} holds text; the model predicts numbers", target.name));
  if (card.task == Task::numbers || target.kind != TargetColumn::Kind::numbers) return;
  if (target.notation.percent != card.notation.percent)
    throw DataError(
        fmt::format("the classes of {} are written {} percent signs; expected them {}, as in the "
                    "training",
                    target.name, target.notation.percent ? "with" : "without",
                    card.notation.percent ? "with" : "without"));
  target.become_classes();
}

// What a further table need not have: the columns by which the parts were made, and those that are
// told to be something.
TableRunOptions without_splits(TableRunOptions o) {
  for (std::string* text :
       {&o.split_by_group, &o.split_by_time, &o.ignore, &o.only, &o.category, &o.number})
    text->clear();
  return o;
}

void note_unseen(const EncodeReport& report, const std::string& before,
                 std::vector<std::string>& notes) {
  for (const auto& [column, count] : report.unseen)
    notes.push_back(
        fmt::format("{}{} cells of {} hold levels of which the training had "
                    "too few rows, or none",
                    before, count, column));
  for (const auto& [column, count] : report.missing)
    notes.push_back(fmt::format("{}{} cells of {} are missing", before, count, column));
  for (const auto& [column, count] : report.outside)
    notes.push_back(
        fmt::format("{}{} cells of {} lie farther outside of the training's range than it "
                    "is wide: what is predicted there is a guess",
                    before, count, column));
}

}  // namespace

void refuse_file(const std::filesystem::path& file, std::string_view message) {
  const std::string name = file.string();
  if (message.starts_with('[')) message.remove_prefix(message.find("] ") + 2);
  throw FileError(FileError::Kind::data, message.starts_with(name + ":")
                                             ? std::string(message)
                                             : fmt::format("{}: {}", name, message));
}

Dataset labelled_rows(const ModelCard& card, const TableRunOptions& options,
                      const std::filesystem::path& data, std::vector<std::string>& notes,
                      std::string& fingerprint) {
  return of_the_data(data, [&] {
    const TableRunOptions o = without_splits(options);
    OpenTable open = open_table(o, data, &card);
    open.table.forget(open.target);
    fingerprint = open.table.fingerprint;
    fit_target(open.column, card);
    for (const std::string& note : open.notes)
      notes.push_back(fmt::format("{}: {}", data.string(), note));
    const Tensor y = target_of(open, card.task, card.classes);
    const RowWeights weights = weights_of(open, y, card.class_weights);
    EncodeReport report;
    const std::vector<Tensor> used = {Tensor::from(open.used.list())};
    const Tensor x = card.inputs.encode(std::move(open.table), used, &report);
    note_unseen(report, data.string() + ": ", notes);
    return rows_of(x, used, y, weights)[0];
  });
}

void read_further_parts(TableTask& task, const TableRunOptions& o) {
  std::string of_validation;
  for (const auto& [file, part] :
       {std::pair(o.validation_file, &task.validation), std::pair(o.test_file, &task.test)}) {
    if (file.empty()) continue;
    std::string fingerprint;
    part->emplace(labelled_rows(task.card, o, file, task.notes, fingerprint));
    if (fingerprint == task.card.fingerprint)
      task.notes.push_back(
          fmt::format("{} holds the same rows as {}: its figures are no held-out figures", file,
                      o.data.string()));
    else if (fingerprint == of_validation)
      task.notes.push_back(fmt::format(
          "{} holds the same rows as the validation, by which weights are chosen: its figures are "
          "no held-out figures",
          file));
    if (part == &task.validation) of_validation = fingerprint;
  }
}

Dataset training_rows(const ModelCard& card, const TableRunOptions& o, std::string& fingerprint,
                      Tensor& table_rows) {
  OpenTable open = open_table(o, o.data, &card);
  fingerprint = open.table.fingerprint;
  fit_target(open.column, card);
  std::vector<std::string> notes;
  std::vector<Tensor> rows = split_rows(open, o, card.task, notes);
  rows.resize(1);
  const Tensor y = target_of(open, card.task, card.classes);
  const RowWeights weights = weights_of(open, y, card.class_weights);
  table_rows = rows[0].clone();
  for (std::int64_t& row : table_rows.values<std::int64_t>()) ++row;
  return rows_of(card.inputs.encode(std::move(open.table), rows), rows, y, weights)[0];
}

}  // namespace downhill::detail

namespace downhill {
namespace {

// What the file says beside what was predicted.
void add_residuals(TablePredictions& made, const TableModel& model, const TargetColumn& target) {
  if (model.card.task != Task::numbers) {
    std::vector<std::string> labels;
    for (const std::int64_t code : target.codes)
      labels.push_back(code < 0 ? "" : target.labels[static_cast<std::size_t>(code)]);
    made.columns.push_back({"target", std::move(labels)});
    return;
  }
  std::vector<double> residuals;
  for (std::size_t i = 0; i < target.numbers.size(); ++i)
    residuals.push_back(target.numbers[i] - made.predictions.values[i]);
  made.columns.push_back({"target", target.numbers});
  made.columns.push_back({"residual", std::move(residuals)});
}

}  // namespace

TablePredictions predict_table(const TableModel& model, const std::filesystem::path& data,
                               bool residuals) {
  const ModelCard& card = model.card;
  const TableRunOptions o = detail::options_from(card.training, card.target, data);
  TableOptions options = card.inputs.table_options();
  options.separator = detail::table_options(o).separator;
  options.header = detail::table_options(o).header;
  options.expected = options.only;
  if (residuals && !options.only.empty()) options.only.push_back(card.target);
  Table table = read_table(data, options);
  TablePredictions made{
      .description = table.description, .notes = table.notes, .predictions = {}, .columns = {}};
  std::optional<TargetColumn> target;
  if (residuals) {
    target = detail::of_the_data(data, [&] {
      TargetColumn found =
          detail::read_target_like(&card, table, find_column(table, card.target), o);
      detail::fit_target(found, card);
      return found;
    });
  }
  EncodeReport report;
  made.predictions = model.predict(card.inputs.encode(std::move(table), &report));
  detail::note_unseen(report, "", made.notes);
  made.columns = columns_of(card, made.predictions);
  if (target) add_residuals(made, model, *target);
  return made;
}

}  // namespace downhill
