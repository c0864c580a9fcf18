#include "downhill/doctor/doctor.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/cli/arguments.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/run_files.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"
#include "downhill/doctor/list.h"
#include "downhill/report/verdict_text.h"
#include "downhill/runlog/writer.h"

namespace downhill::cli {
namespace {

constexpr std::string_view kSummary =
    "Says what is wrong with a run and what to do next, with the evidence, from its log alone: a\n"
    "run.jsonl, or what Keras, Lightning, Hugging Face, fastai, LightGBM, W&B and TensorBoard "
    "write:\n"
    "CSV, JSON lines, history as JSON, trainer_state.json, event files. docs/doctor.md has the "
    "rules.\n";

struct Request {
  std::string file, fail_on;
  std::vector<std::string> columns;
  DoctorOptions options;
  bool json = false, quiet = false;
};

std::vector<std::string> fail_names(const std::string& text) {
  std::vector<std::string> names;
  if (text.empty()) return names;
  for (const std::string_view name : split_outside(text, ',')) {
    names.emplace_back(name);
    if (name != "any" && !Symptoms::with(name, []<class S>() {}))
      throw_unknown("symptom", name, Symptoms::names());
  }
  return names;
}

bool read_request(Request& request, const Words& words) {
  Arguments arguments("doctor", kSummary,
                      "downhill doctor metrics.csv --fail-on overfitting,diverging");
  arguments.positional("FILE", request.file, "a log, or the directory of a run");
  arguments.flag("--json", request.json, "one JSON object instead of text");
  arguments.text("--fail-on", "A,B", request.fail_on,
                 "exit code 1 if one of these symptoms is found; any: whichever");
  arguments.option("--column", "ROLE=NAME",
                   "what a column is that is not recognised, or taken wrongly: step, epoch, loss,\n"
                   "epoch_loss, val_loss, val_accuracy, val_f1, accuracy, lr, grad_norm, dead or\n"
                   "run; several with commas between them",
                   [&](const std::string& text) {
                     for (const std::string_view pair : split_outside(text, ','))
                       request.columns.emplace_back(pair);
                   });
  arguments.flag("--running", request.options.running,
                 "the run goes on: nothing is said of how it ended");
  arguments.text("--threshold", "SPEC", request.options.thresholds,
                 "thresholds of one's own, overfitting:rise=0.1; several with | between them");
  if (!arguments.parse(words)) return false;
  request.quiet = arguments.quiet();
  return true;
}

}  // namespace

int doctor_command(const Words& words) {
  Request request;
  if (!read_request(request, words)) return kOk;
  const std::vector<std::string> names = fail_names(request.fail_on);
  diagnose(RunLog{}, request.options);  // a wrong threshold is told before any file is opened
  const Verdict verdict = diagnose(
      read_log(request.file, request.quiet || request.json, request.columns), request.options);
  print(request.json ? verdict_json(verdict) + "\n" : verdict_text(verdict));
  const bool failed = std::ranges::any_of(verdict.findings, [&](const Finding& finding) {
    return std::ranges::any_of(names,
                               [&](const auto& n) { return n == "any" || n == finding.name; });
  });
  return failed ? kFound : kOk;
}

}  // namespace downhill::cli
