#include <fmt/format.h>

#include <algorithm>

#include "downhill/cli/arguments.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/interrupt.h"
#include "downhill/cli/json.h"
#include "downhill/cli/progress.h"
#include "downhill/cli/run_files.h"
#include "downhill/cli/terminal.h"
#include "downhill/cli/train_text.h"
#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/doctor/diverging.h"
#include "downhill/doctor/not_finite.h"
#include "downhill/train/files.h"
#include "downhill/train/table_run.h"

namespace downhill::cli {
namespace {

constexpr std::string_view kSummary =
    "Trains a model on a CSV table as it is: understands its columns, splits, trains, keeps the\n"
    "weights of the best epoch, and says what they are worth, where the run stands and what is\n"
    "wrong with it. Loss and optimizer are name:option=value,... as downhill list shows them.\n"
    "Lists of columns are names, or numbers from 1, with commas between them.\n";

struct Request {
  TableRunOptions options;
  std::string data, out;
  bool json = false, quiet = false, verbose = false, check = false;
};

void read_batch(const std::string& text, std::int64_t& batch) {
  std::int64_t rows = 0;
  if (text == "all") batch = 0;
  else if (read_option(text, rows).empty() && rows >= 1) batch = rows;
  else throw_argument("--batch", fmt::format("= '{}' is neither a number of rows nor all", text));
}

// How the table is read, and what its columns are.
void read_columns(Arguments& arguments, TableRunOptions& o, bool& no_header) {
  arguments.text("--ignore", "A,B", o.ignore, "columns that are left out");
  arguments.text("--only", "A,B", o.only, "the only columns that are inputs");
  arguments.text("--category", "A,B", o.category, "columns of numbers that are categories");
  arguments.text("--weight", "COLUMN", o.weight, "holds the weight of each row");
  arguments.text("--decimal", "point|comma", o.decimal, "where a column does not say it itself");
  arguments.text("--date-order", "dmy|mdy|ymd", o.date_order,
                 "where a column does not say it itself");
  arguments.text("--separator", "C", o.separator,
                 "between the columns, or tab [default: found out]");
  arguments.flag("--no-header", no_header, "the first row holds no names");
}

// The parts, and what classes cost.
void read_parts(Arguments& arguments, TableRunOptions& o, std::string& validation,
                std::string& test) {
  const auto part = [&](const char* name, std::string& to) {
    arguments.option(name, "SHARE|F.csv",
                     Arguments::with_default("share of the rows, or a table", "0.2"),
                     [&to](const std::string& text) { to = text; });
  };
  part("--validation", validation);
  part("--test", test);
  arguments.text("--split-by-time", "COLUMN", o.split_by_time,
                 "later rows are validation, then test");
  arguments.text("--split-by-group", "COLUMN", o.split_by_group,
                 "rows of one value stay in one part; it is no input");
  arguments.flag("--drop-missing-target", o.drop_missing_target, "leave out rows without a target");
  arguments.text("--class-weight", "W", o.class_weight, "balanced, or class=weight,...");
  arguments.number("--cost-missed", "K", o.cost_missed, kNonNegative,
                   "a missed row of the second class costs so many false alarms: sets\n"
                   "the threshold 1 / (1 + K), and corrects probabilities of weighted losses");
}

// A share, or the name of a file.
void set_part(const char* name, const std::string& text, double& share, std::string& file) {
  if (text.empty()) return;
  double number = 0;
  if (!read_option(text, number).empty()) {
    file = text;
    return;
  }
  if (!kFraction.contains(number))
    throw_argument(name, fmt::format("= {} is outside {}", text, kFraction.text()));
  share = number;
}

bool read_request(Request& request, const Words& words) {
  TableRunOptions& o = request.options;
  std::int64_t seed = 0;
  bool no_header = false;
  std::string validation, test;
  Arguments arguments("train", kSummary,
                      "downhill train data/digits.csv --target digit --out run/digits");
  arguments.positional("DATA", request.data, "a .csv file");
  arguments.required_text("--target", "COLUMN", o.target,
                          "what is predicted: a column's name, or number from 1; it may be text");
  arguments.text("--task", "numbers|classes|two-classes", o.task,
                 "what the target is [default: by the loss and the column]");
  arguments.text("--loss", "SPEC", o.loss,
                 "the loss, or a formula in p and y [default: by the kind of the\ntarget: "
                 "cross_entropy for classes, mse for numbers]");
  arguments.text("--link", "none|exp|sigmoid|softplus", o.link,
                 "between the model's output and the p of a formula\n[default: found out]");
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
                 fmt::format("linear, or mlp:128,64 with dropout=0.2, activation=silu if wanted\n"
                             "[default: {}]",
                             kDefaultModel));
  arguments.number("--epochs", "N", o.epochs, kCount, "passes over the training rows");
  arguments.option("--batch", "N|all", Arguments::with_default("rows per step", "32"),
                   [&](const std::string& text) { read_batch(text, o.batch); });
  arguments.number("--patience", "N", o.patience, {0, kCount.high},
                   "stop after so many epochs without a better validation loss; 0: never");
  arguments.number("--seed", "N", seed, {0, kCount.high},
                   "of the split, the first weights and the order of rows");
  read_parts(arguments, o, validation, test);
  read_columns(arguments, o, no_header);
  arguments.number("--clip-norm", "X", o.clip_norm, kNonNegative,
                   "gradients are cut to this length; 0: not");
  arguments.number("--warmup", "N", o.warmup, {0, kCount.high},
                   "steps in which the rate rises from 0");
  arguments.text("--no-decay", "PATTERN", o.no_decay,
                 "parameters without weight decay, such as '*.bias'");
  arguments.text("--out", "DIR", request.out,
                 "directory of the run [default: run/ and the name of DATA]");
  arguments.flag("--resume", o.resume, "go on with the run in --out");
  arguments.flag("--overwrite", o.overwrite, "replace the run in --out");
  arguments.option(
      "--doctor", "warn|stop|off",
      Arguments::with_default(
          "what is wrong is told as soon as it shows; stop: ends a run that\nis not worth "
          "going on with, and keeps its last good weights",
          "warn"),
      [&](const std::string& text) {
        if (!read_option(text, o.doctor).empty())
          throw_argument("--doctor", fmt::format("= '{}' is none of warn, stop, off", text));
      });
  arguments.flag("--check", request.check,
                 "trains nothing: what can be known to be wrong before the first step");
  arguments.flag("--json", request.json, "one JSON object instead of text");
  arguments.flag("--verbose", request.verbose, "all choices, columns, evidence and constants");
  if (!arguments.parse(words)) return false;
  if (no_header) o.header = Header::no;
  set_part("--validation", validation, o.validation, o.validation_file);
  set_part("--test", test, o.test, o.test_file);
  if (request.data.empty()) throw_argument("DATA", "is empty; expected the name of a .csv file");
  o.data = request.data;
  o.out = request.out.empty() ? std::filesystem::path("run") / o.data.stem()
                              : std::filesystem::path(request.out);
  o.seed = static_cast<std::uint64_t>(seed);
  request.quiet = arguments.quiet();
  return true;
}

std::string progress_text(const Progress& p) {
  std::string text = fmt::format("epoch {}/{}  loss {}", p.epoch, p.epochs, decimal(p.loss, 4));
  if (p.validation_loss) text += "  validation " + decimal(*p.validation_loss, 4);
  return text + fmt::format("  lr {:.3g}", p.lr);
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
    if (request.quiet) return;
    note(configuration_text(run, request.options, request.verbose));
    note_all(run.notes);
  };
  request.options.found = [&](const Finding& finding) {
    if (!request.quiet) note(finding_text(finding));
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

int check(Request& request) {
  request.options.resolved = [&](const ResolvedRun& run) {
    if (request.quiet) return;
    note(configuration_text(run, request.options, request.verbose));
    note_all(run.notes);
  };
  const std::vector<TrainingCheck> checks = check_table(request.options);
  if (request.json) {
    JsonWriter json = checks_json(checks);
    print_json(json);
  } else {
    print(checks_text(checks));
  }
  return all_passed(checks) ? kOk : kFound;
}

}  // namespace

int train_command(const Words& words) {
  Request request;
  if (!read_request(request, words)) return kOk;
  if (request.check) return check(request);
  const Interrupt interrupt;
  Config config;
  const TableRunResult result = run(request, interrupt, config);
  if (!request.quiet) note_all(result.fit.notes);
  if (request.json) {
    JsonWriter json = result_json(result, config);
    print_json(json);
  } else {
    print(result_text(result, request.verbose));
  }
  if (result.fit.ended == Ended::interrupted) {
    note(fmt::format("downhill: interrupted; the checkpoint is in {}, --resume goes on from it\n",
                     result.out.string()));
    return kInterrupted;
  }
  const bool diverging = std::ranges::any_of(result.fit.verdict.findings, [](const Finding& f) {
    return f.name == symptom::Diverging::name;
  });
  if (!result.fit.failed() && !diverging) return kOk;
  print_error(fmt::format("the run ended: {}", result.fit.failed() ? text_of(result.fit.ended)
                                                                   : symptom::Diverging::name));
  return kNumbers;
}

}  // namespace downhill::cli
