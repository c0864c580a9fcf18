#include "downhill/cli/arguments.h"
#include "downhill/cli/evaluation.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/json.h"
#include "downhill/cli/run_files.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"
#include "downhill/train/table_run.h"

namespace downhill::cli {
namespace {

constexpr std::string_view kSummary =
    "What a model is worth on a table: its loss and metrics, each with a 95 % interval (1,000\n"
    "bootstrap samples) and beside the figure of the best constant of its training.\n";

}  // namespace

int evaluate_command(const Words& words) {
  std::string run, data, target;
  bool json = false, drop_missing_target = false;
  Arguments arguments("evaluate", kSummary, "downhill evaluate run/digits data/digits.csv");
  arguments.positional("RUN|MODEL", run, "a run directory, or a model.safetensors");
  arguments.positional("DATA", data, "a .csv file with the model's columns and its target");
  arguments.text("--target", "COLUMN", target,
                 "the target's column [default: that of the training]");
  arguments.flag("--drop-missing-target", drop_missing_target,
                 "leave out rows without a target, instead of refusing them");
  arguments.flag("--json", json, "one JSON object instead of text");
  if (!arguments.parse(words)) return kOk;
  if (data.empty()) throw_argument("a file's name", "is empty");

  TableModel model = TableModel::read(model_path(run));
  std::vector<std::string> notes;
  const EvaluationRecord record = evaluate_table(model, data, target, notes, drop_missing_target);
  if (!arguments.quiet()) note_all(notes);
  if (json) {
    JsonWriter writer;
    write_evaluation(writer, record);
    print_json(writer);
  } else {
    std::string text;
    for (const std::string& said : evaluation_notes(record)) text += said + "\n";
    print(text + evaluation_table({&record, 1}, terminal_width()));
  }
  return kOk;
}

}  // namespace downhill::cli
