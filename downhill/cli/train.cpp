#include <fmt/format.h>

#include <algorithm>

#include "downhill/cli/arguments.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/interrupt.h"
#include "downhill/cli/json.h"
#include "downhill/cli/live.h"
#include "downhill/cli/progress.h"
#include "downhill/cli/run_files.h"
#include "downhill/cli/starts.h"
#include "downhill/cli/table_arguments.h"
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
  std::string out;
  std::int64_t starts = 0;
  int port = -1;  ///< of the live view; -1: none
  bool json = false, quiet = false, verbose = false, check = false;
};

bool read_request(Request& request, const Words& words) {
  TableRunOptions& o = request.options;
  Arguments arguments("train", kSummary,
                      "downhill train data/digits.csv --target digit --out run/digits");
  TableArguments table(arguments, o);
  table.add_task();
  arguments.text(
      "--schedule", "SPEC", o.schedule,
      fmt::format("factor on the optimizer's lr over the run, or none\n[default: {} where the "
                  "optimizer takes one]",
                  kDefaultSchedule));
  arguments.text("--observer", "SPEC", o.observers,
                 "what looks at the run and may steer it, such as\n"
                 "reduce_on_plateau:factor=0.5,patience=3; several with | between them");
  arguments.number("--epochs", "N", o.epochs, kCount, "passes over the training rows");
  arguments.number("--patience", "N", o.patience, {0, kCount.high},
                   "stop after so many epochs without a better validation loss; 0: never");
  table.add_rows();
  arguments.number("--warmup", "N", o.warmup, {0, kCount.high},
                   "steps in which the rate rises from 0");
  arguments.number("--starts", "N", request.starts, {0, 10000},
                   "train so often from other first weights, into --out/start_0 and on, and\n"
                   "say whether the better minima are worth anything; 0: once");
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
  arguments.option("--live", "PORT",
                   "serve the report while it trains, on this machine alone; 0: any port",
                   [&](const std::string& text) {
                     std::int64_t port = 0;
                     if (!read_option(text, port).empty() || port < 0 || port > 65535)
                       throw_argument("--live", fmt::format("= '{}' is no port: 0 to 65535", text));
                     request.port = static_cast<int>(port);
                   });
  arguments.flag("--check", request.check,
                 "trains nothing: what can be known to be wrong before the first step");
  arguments.flag("--json", request.json, "one JSON object instead of text");
  arguments.flag("--verbose", request.verbose, "all choices, columns, evidence and constants");
  if (!arguments.parse(words)) return false;
  table.finish();
  if (request.starts > 0 && request.port >= 0)
    throw_argument("--live", "shows one run; --starts makes several");
  if (request.check && (request.starts > 0 || request.port >= 0 || o.resume || o.overwrite))
    throw_argument("--check",
                   "trains nothing: it goes with none of --starts, --live, --resume and "
                   "--overwrite");
  o.out = request.out.empty() ? std::filesystem::path("run") / o.data.stem()
                              : std::filesystem::path(request.out);
  request.quiet = arguments.quiet();
  return true;
}

std::string progress_text(const Progress& p) {
  std::string text = fmt::format("epoch {}/{}  loss {}", p.epoch, p.epochs, decimal(p.loss, 4));
  if (p.validation_loss) text += "  validation " + decimal(*p.validation_loss, 4);
  return text + fmt::format("  lr {:.3g}", p.lr);
}

template <class Train>
auto run(Request& request, const Interrupt& interrupt, Config& config, Train train) {
  ProgressBar bar(request.quiet);
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
    bar.say(request.verbose ? finding_text(finding) : finding_line(finding));
  };
  request.options.progress = [&](const Progress& p) {
    const bool last_step = p.step == p.steps && progress_may_move();  // what follows takes seconds
    if (last_step) bar.show(1, "trained; measuring where it stands");
    else if (bar.due()) bar.show(share(p), progress_text(p));
  };
  return train(request.options);
}

// Several first weights, side by side.
int several(Request& request) {
  const Interrupt interrupt;
  Config config;
  const TableStarts found = run(request, interrupt, config, [&](const TableRunOptions& o) {
    return run_starts(o, request.starts);
  });
  if (found.stopped) {
    note(fmt::format("downhill: interrupted; --resume goes on with the starts in {}\n",
                     request.options.out.string()));
    return kInterrupted;
  }
  print(request.json ? starts_json(found) + "\n" : starts_text(found));
  return std::ranges::all_of(found.starts, [](const TableStart& s) { return s.run.fit.failed(); })
             ? kNumbers
             : kOk;
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
  if (request.starts > 0) return several(request);
  const Interrupt interrupt;
  std::optional<LiveView> live;
  if (request.port >= 0) {
    live.emplace(request.port);
    request.options.watch.push_back(live->observer());
    note(fmt::format("live: {}\n", live->address()));
  }
  Config config;
  const TableRunResult result = run(request, interrupt, config, run_table);
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
