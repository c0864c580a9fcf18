#include <fmt/format.h>

#include <algorithm>

#include "downhill/cli/arguments.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/interrupt.h"
#include "downhill/cli/json.h"
#include "downhill/cli/progress.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/doctor/diverging.h"
#include "downhill/report/verdict_text.h"
#include "downhill/train/files.h"
#include "downhill/train/table_run.h"

namespace downhill::cli {
namespace {

constexpr std::string_view kSummary =
    "Trains a model on a CSV table of numbers: splits, standardises, trains, keeps the weights\n"
    "of the best epoch, and says where the run stands and what is wrong with it. Loss and\n"
    "optimizer are name:option=value,... as downhill list shows them.\n";

struct Request {
  TableRunOptions options;
  std::string data, out;
  bool json = false, quiet = false;
};

void read_batch(const std::string& text, std::int64_t& batch) {
  std::int64_t rows = 0;
  if (text == "all") batch = 0;
  else if (read_option(text, rows).empty() && rows >= 1) batch = rows;
  else throw_argument("--batch", fmt::format("= '{}' is neither a number of rows nor all", text));
}

bool read_request(Request& request, const Words& words) {
  TableRunOptions& o = request.options;
  std::int64_t seed = 0;
  Arguments arguments("train", kSummary,
                      "downhill train data/digits.csv --target digit --out run/digits");
  arguments.positional("DATA", request.data, "a .csv file of numbers");
  arguments.required_text("--target", "COLUMN", o.target,
                          "what is predicted: a column's name, or number from 1; it may be text");
  arguments.text("--loss", "SPEC", o.loss,
                 "the loss, or a formula in p and y [default: by the kind of the\ntarget: "
                 "cross_entropy for classes, mse for numbers]");
  arguments.text("--optimizer", "SPEC", o.optimizer,
                 fmt::format("the optimizer [default: {}]", kDefaultOptimizer));
  arguments.text(
      "--schedule", "SPEC", o.schedule,
      fmt::format("factor on the optimizer's lr over the run, or none\n[default: {} where the "
                  "optimizer takes one]",
                  kDefaultSchedule));
  arguments.text("--observer", "SPEC", o.observers,
                 "what looks at the run and may steer it, such as\n"
                 "reduce_on_plateau:factor=0.5,patience=3; several with | between them");
  arguments.text("--model", "SPEC", o.model,
                 fmt::format("linear, or mlp and the widths of its hidden layers\n[default: {}]",
                             kDefaultModel));
  arguments.number("--epochs", "N", o.epochs, kCount, "passes over the training rows");
  arguments.option("--batch", "N|all", Arguments::with_default("rows per step", "32"),
                   [&](const std::string& text) { read_batch(text, o.batch); });
  arguments.number("--patience", "N", o.patience, {0, kCount.high},
                   "stop after so many epochs without a better validation loss; 0: never");
  arguments.number("--seed", "N", seed, {0, kCount.high},
                   "of the split, the first weights and the order of rows");
  arguments.number("--validation", "SHARE", o.validation, kFraction, "share of the rows");
  arguments.number("--test", "SHARE", o.test, kFraction, "share of the rows");
  arguments.text("--out", "DIR", request.out,
                 "directory of the run [default: run/ and the name of DATA]");
  arguments.flag("--resume", o.resume, "go on with the run in --out");
  arguments.flag("--overwrite", o.overwrite, "replace the run in --out");
  arguments.flag("--json", request.json, "one JSON object instead of text");
  if (!arguments.parse(words)) return false;
  if (request.data.empty()) throw_argument("DATA", "is empty; expected the name of a .csv file");
  o.data = request.data;
  o.out = request.out.empty() ? std::filesystem::path("run") / o.data.stem()
                              : std::filesystem::path(request.out);
  o.seed = static_cast<std::uint64_t>(seed);
  request.quiet = arguments.quiet();
  return true;
}

std::string configuration_text(const ResolvedRun& run, const TableRunOptions& options) {
  std::string text = fmt::format("{}: {}\n", options.data.string(), run.data);
  std::size_t width = 0;
  for (const Choice& choice : run.choices) width = std::max(width, choice.value.size());
  width = std::min<std::size_t>(width, 40);
  for (const Choice& c : run.choices) {
    text += fmt::format("  {:<10} {:<{}}", c.name, c.value, width);
    while (text.ends_with(' ')) text.pop_back();
    text += c.reason.empty() ? "\n" : fmt::format("  ({})\n", c.reason);
  }
  return text + fmt::format("  {:<10} {}\n", "out", options.out.string());
}

std::string progress_text(const Progress& p) {
  std::string text = fmt::format("epoch {}/{}  loss {}", p.epoch, p.epochs, decimal(p.loss, 4));
  if (p.validation_loss) text += "  validation " + decimal(*p.validation_loss, 4);
  return text + fmt::format("  lr {:.3g}", p.lr);
}

void print_as_json(const TableRunResult& result, const Config& config) {
  const FitResult& fit = result.fit;
  JsonWriter json;
  json.begin_object();
  json.member("verdict", fit.verdict.name);
  json.member("stands", fit.stands.stands);
  json.member("train_loss", fit.train_loss);
  json.member("validation_loss", fit.validation_loss);
  json.key("test");
  if (fit.test_loss) {
    json.begin_object();
    json.member("loss", fit.test_loss);
    json.member("metrics", fit.test_metrics);
    json.end_object();
  } else {
    json.null();
  }
  json.member("epochs", fit.epochs);
  json.member("steps", fit.steps);
  json.member("seconds", fit.seconds);
  json.member("out", result.out.string());
  json.member("reason", std::string(text_of(fit.ended)));
  json.member("message", fit.message);
  json.member("best_epoch", fit.best_epoch);
  json.member("summary", fit.verdict.summary);
  json.member("config", config);
  json.end_object();
  print_json(json);
}

std::string result_text(const TableRunResult& result) {
  const FitResult& fit = result.fit;
  std::string text = verdict_text(fit.verdict) + "\nwhere it stands: " + explain(fit.stands);
  text += fmt::format("\n{}: {} epochs, {} steps, {:.3g} s\n", text_of(fit.ended), fit.epochs,
                      fit.steps, fit.seconds);
  if (!fit.message.empty()) text += fit.message + "\n";
  if (fit.best_epoch) text += fmt::format("weights of epoch {}\n", *fit.best_epoch);
  text += fmt::format("train       loss {}\n", decimal(fit.train_loss, 6));
  if (fit.validation_loss)
    text += fmt::format("validation  loss {}\n", decimal(*fit.validation_loss, 6));
  if (fit.test_loss) {
    text += fmt::format("test        loss {}", decimal(*fit.test_loss, 6));
    for (const auto& [name, value] : fit.test_metrics)
      text += fmt::format("  {} {}", name, decimal(value, 6));
    text += "\n";
  }
  text += fmt::format("files in {}:", result.out.string());
  for (const char* file : {kModelFile, kLogFile, kReportFile, kCheckpointFile})
    if (std::filesystem::exists(result.out / file)) text += fmt::format(" {}", file);
  return text + "\n";
}

TableRunResult run(Request& request, const Interrupt& interrupt, Config& config) {
  ProgressBar bar(request.quiet);
  std::optional<Progress> last;
  const auto share = [](const Progress& p) {
    return p.steps > 0 ? static_cast<double>(p.step) / static_cast<double>(p.steps) : 0;
  };
  request.options.stop = interrupt.token();
  request.options.resolved = [&](const ResolvedRun& run) {
    for (const Choice& choice : run.choices) config.emplace_back(choice.name, choice.value);
    if (!request.quiet) note(configuration_text(run, request.options));
  };
  request.options.progress = [&](const Progress& p) {
    last = p;
    const bool last_step = p.step == p.steps && progress_may_move();  // what follows takes seconds
    if (last_step) bar.show(1, "trained; measuring where it stands");
    else if (bar.due()) bar.show(share(p), progress_text(p));
  };
  TableRunResult result = run_table(request.options);
  if (last) bar.finish(share(*last), progress_text(*last));
  return result;
}

}  // namespace

int train_command(const Words& words) {
  Request request;
  if (!read_request(request, words)) return kOk;
  const Interrupt interrupt;
  Config config;
  const TableRunResult result = run(request, interrupt, config);
  if (request.json) print_as_json(result, config);
  else print(result_text(result));
  if (result.fit.ended == Ended::interrupted) {
    note(fmt::format("downhill: interrupted; the checkpoint is in {}, --resume goes on from it\n",
                     result.out.string()));
    return kInterrupted;
  }
  const bool diverging = result.fit.verdict.name == symptom::Diverging::name;
  if (!result.fit.failed() && !diverging) return kOk;
  print_error(fmt::format("the run ended: {}", result.fit.failed() ? text_of(result.fit.ended)
                                                                   : symptom::Diverging::name));
  return kNumbers;
}

}  // namespace downhill::cli
