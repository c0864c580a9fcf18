#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <type_traits>

#include "downhill/cli/arguments.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/json.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"
#include "downhill/data/csv_writer.h"
#include "downhill/train/files.h"
#include "downhill/train/model_file.h"

namespace downhill::cli {
namespace {

constexpr std::string_view kSummary =
    "Predicts every row of a CSV file. Numbers: the column prediction. Classes: prediction and a\n"
    "probability per class, p_<class>. Columns are found by name, others are left alone.\n";

/// Where a prediction is not finite, as rows from 1.
std::vector<std::size_t> broken_rows(const TableModel::Prediction& p) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < p.values.size(); ++i)
    if (!std::isfinite(p.values[i])) rows.push_back(i + 1);
  for (std::size_t i = 0; i < p.probabilities.size(); ++i)
    if (!std::isfinite(p.probabilities[i][0])) rows.push_back(i + 1);
  return rows;
}

std::vector<CsvColumn> columns_of(const TableModel& model, const TableModel::Prediction& p) {
  if (model.card.classes.empty()) return {{"prediction", p.values}};
  std::vector<CsvColumn> columns = {{"prediction", p.labels}};
  for (std::size_t c = 0; c < model.card.classes.size(); ++c) {
    std::vector<double> shares;
    for (const auto& row : p.probabilities) shares.push_back(row[c]);
    columns.push_back({"p_" + model.card.classes[c], std::move(shares)});
  }
  return columns;
}

void print_as_json(const std::vector<CsvColumn>& columns) {
  JsonWriter json;
  json.begin_object();
  for (const CsvColumn& column : columns)
    std::visit([&](const auto& values) { json.member(column.name, values); }, column.values);
  json.end_object();
  print_json(json);
}

}  // namespace

int predict_command(const Words& words) {
  std::string run, data, out;
  bool json = false;
  Arguments arguments("predict", kSummary,
                      "downhill predict run/digits data/digits.csv --out predictions.csv");
  arguments.positional("RUN|MODEL", run, "a run directory, or a model.safetensors");
  arguments.positional("DATA", data, "a .csv file with the columns that the model was trained on");
  arguments.text("--out", "F.csv", out, "write there [default: standard output]");
  arguments.flag("--json", json, "one JSON object of lists: {\"prediction\": [...], ...}");
  if (!arguments.parse(words)) return kOk;
  if (run.empty() || data.empty()) throw_argument("a file's name", "is empty");

  std::filesystem::path path = run;
  if (std::filesystem::is_directory(path)) path /= kModelFile;
  const TableModel model = TableModel::read(path);
  const CsvTable table = read_csv(data, {.only = model.card.columns});
  if (!arguments.quiet()) note(fmt::format("{}: {}\n", data, table.description));
  const TableModel::Prediction prediction = model.predict(table);
  const auto columns = columns_of(model, prediction);
  if (!out.empty()) write_csv(out, columns);
  if (json) print_as_json(columns);
  else if (out.empty()) print(csv_text(columns));
  const auto broken = broken_rows(prediction);
  if (broken.empty()) return kOk;
  print_error(
      fmt::format("{} of {} predictions are not finite, the first of row {}; are its values "
                  "far from those of the training rows?",
                  broken.size(), table.rows, broken[0]));
  return kNumbers;
}

}  // namespace downhill::cli
