#include <fmt/format.h>

#include <array>
#include <cmath>
#include <filesystem>

#include "downhill/cli/arguments.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/json.h"
#include "downhill/cli/run_files.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"
#include "downhill/data/csv_writer.h"
#include "downhill/io/same_file.h"
#include "downhill/train/table_run.h"

namespace downhill::cli {
namespace {

constexpr std::string_view kSummary =
    "Predicts every row of a CSV file, which may be as raw as the one of the training. Numbers: "
    "the\n"
    "column prediction, and further ones where the loss predicts more (variance, quantiles).\n"
    "Classes: prediction and a probability per class, p_<class>. Columns are found by name, "
    "others\n"
    "are left alone.\n";

/// Where a prediction is not finite, as rows from 1.
std::vector<std::size_t> broken_rows(const Predictions& p) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < static_cast<std::size_t>(p.rows); ++i) {
    bool finite = p.values.empty() ? p.classes[i] >= 0 : std::isfinite(p.values[i]);
    for (const auto& [name, values] : p.more) finite = finite && std::isfinite(values[i]);
    if (!finite) rows.push_back(i + 1);
  }
  return rows;
}

void print_as_json(const std::vector<CsvColumn>& columns) {
  JsonWriter json;
  json.begin_object();
  for (const CsvColumn& column : columns)
    std::visit([&](const auto& values) { json.member(column.name, values); }, column.values);
  json.end_object();
  print_json(json);
}

void tell(const std::string& data, const TablePredictions& made) {
  note(fmt::format("{}: {}\n", data, made.description));
  note_all(made.notes);
}

}  // namespace

int predict_command(const Words& words) {
  std::string run, data, out;
  bool json = false, residuals = false;
  Arguments arguments("predict", kSummary,
                      "downhill predict run/digits data/digits.csv --out predictions.csv");
  arguments.positional("RUN|MODEL", run, "a run directory, or a model.safetensors");
  arguments.positional("DATA", data, "a .csv file with the columns that the model was trained on");
  arguments.text("--out", "F.csv", out, "write there [default: standard output]");
  arguments.flag("--residuals", residuals,
                 "with the target's column and, of numbers, residual = target - prediction");
  arguments.flag("--json", json, "one JSON object of lists: {\"prediction\": [...], ...}");
  if (!arguments.parse(words)) return kOk;
  if (data.empty()) throw_argument("a file's name", "is empty");

  const std::filesystem::path path = model_path(run);
  std::vector<NamedFile> inputs = files_of_runs({path.parent_path()});
  inputs.push_back({"RUN|MODEL", path});
  inputs.push_back({"DATA", data});
  const std::array<NamedFile, 1> outputs = {NamedFile{"--out", out}};
  check_outputs(inputs, outputs);
  const TableModel model = TableModel::read(path);
  const TablePredictions made = predict_table(model, data, residuals);
  if (!arguments.quiet()) tell(data, made);
  if (!out.empty()) write_csv(out, made.columns);
  if (json) print_as_json(made.columns);
  else if (out.empty()) print(csv_text(made.columns));
  const auto broken = broken_rows(made.predictions);
  if (broken.empty()) return kOk;
  print_error(
      fmt::format("{} of {} predictions are not finite, the first of row {}; are its values "
                  "far from those of the training rows?",
                  broken.size(), made.predictions.rows, broken[0]));
  return kNumbers;
}

}  // namespace downhill::cli
