#include "downhill/train/lr_find.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "downhill/cli/exit_code.h"
#include "downhill/cli/interrupt.h"
#include "downhill/cli/json.h"
#include "downhill/cli/picture_file.h"
#include "downhill/cli/progress.h"
#include "downhill/cli/run_files.h"
#include "downhill/cli/table_arguments.h"
#include "downhill/cli/terminal.h"
#include "downhill/cli/train_text.h"
#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/core/shell.h"
#include "downhill/io/same_file.h"
#include "downhill/optim/method.h"
#include "downhill/report/lines.h"

namespace downhill::cli {
namespace {

constexpr std::string_view kSummary =
    "Finds a learning rate for a table, a model and an optimizer: trains with a rate that grows\n"
    "from step to step, several times, and says where the loss falls fastest, where it falls\n"
    "longest and where it is lowest. Nothing is kept but the figures.\n";

struct Request {
  TableRunOptions run;
  LrFindOptions find;
  Words words;
  std::string picture;
  bool json = false, quiet = false;
};

bool read_request(Request& request, const Words& words) {
  LrFindOptions& o = request.find;
  Arguments arguments("lr-find", kSummary,
                      "downhill lr-find data/digits.csv --target digit --optimizer sgd");
  TableArguments table(arguments, request.run);
  table.add_task();
  arguments.number("--low", "X", o.low, kPositive, "the smallest rate");
  arguments.number("--high", "X", o.high, kPositive, "the largest rate");
  arguments.number("--steps", "N", o.steps, {20, 1e6}, "steps of a sweep");
  arguments.number("--seeds", "N", o.seeds, {1, 1000}, "sweeps, each with weights of its own");
  arguments.number("--trial-steps", "N", o.trial_steps, kNonNegative,
                   "of the trials that decide between the suggestions; 0: none");
  table.add_rows();
  arguments.picture("--picture", request.picture, "draw the curves");
  arguments.flag("--json", request.json, "one JSON object with all curves instead of text");
  if (!arguments.parse(words)) return false;
  table.finish();
  request.words = words;
  request.quiet = arguments.quiet();
  return true;
}

std::string figure(const std::optional<double>& lr) {
  return lr ? fmt::format("{:.3g}", *lr) : "none";
}

void print_as_json(const LrFound& found, const std::string& optimizer) {
  JsonWriter json;
  json.begin_object();
  json.member("lr", found.lr);
  json.member("valley", found.valley);
  json.member("steepest", found.steepest);
  json.member("minimum", found.minimum);
  json.member("agreement", found.agreement);
  json.member("reason", found.reason);
  json.member("optimizer", optimizer);
  json.objects("trials", found.trials, [&](const LrTrial& trial) {
    json.member("lr", trial.lr);
    json.member("loss", trial.loss);
  });
  json.objects("sweeps", found.sweeps, [&](const LrSweep& sweep) {
    json.member("seed", static_cast<std::int64_t>(sweep.seed));
    json.member("rose", sweep.rose);
    json.member("valley", sweep.valley);
    json.member("steepest", sweep.steepest);
    json.member("minimum", sweep.minimum);
    json.member("lr", sweep.lr);
    json.member("loss", sweep.loss);
    json.member("smoothed", sweep.smoothed);
  });
  json.end_object();
  print_json(json);
}

// The optimizer with the rate that was found.
std::string with_rate(const std::string& spec, double lr) {
  const Method method = Method::parse(spec.empty() ? kDefaultOptimizer : spec);
  return method.with("lr", fmt::format("{:.2g}", lr)).text();
}

// The same words for `train`, with the optimizer that was found.
std::string next_command(const Words& words, const std::string& optimizer) {
  constexpr std::array kOwn = {"--low",     "--high",        "--steps",    "--seeds",
                               "--picture", "--trial-steps", "--optimizer"};
  std::string text = "downhill train";
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string name = words[i].substr(0, words[i].find('='));
    if (name == "--json" || name == "--quiet") continue;
    if (std::ranges::find(kOwn, name) == kOwn.end()) text += " " + shell_word(words[i]);
    else if (name == words[i]) ++i;  // its value
  }
  return text + " --optimizer " + shell_word(optimizer);
}

std::string text_of(const LrFound& found, const Request& request) {
  std::string text;
  if (found.lr) text += fmt::format("lr {:.2g}: {}\n", *found.lr, found.reason);
  else text += fmt::format("no rate: {}\n", found.reason);
  text += fmt::format("  {:<8} {:>10} {:>10} {:>10}\n", "seed", "steepest", "valley", "minimum/10");
  for (const LrSweep& sweep : found.sweeps)
    text += fmt::format("  {:<8} {:>10} {:>10} {:>10}\n", sweep.seed, figure(sweep.steepest),
                        figure(sweep.valley), figure(sweep.minimum));
  text += fmt::format("  {:<8} {:>10} {:>10} {:>10}\n", "median", figure(found.steepest),
                      figure(found.valley), figure(found.minimum));
  for (const LrTrial& trial : found.trials)
    text += fmt::format("  {:<8} {:>10.3g} {:>10}\n", "trial", trial.lr,
                        trial.loss < kInfinity ? fmt::format("{:.4g}", trial.loss) : "rose");
  if (!request.picture.empty()) text += fmt::format("picture in {}\n", request.picture);
  if (found.lr)
    text +=
        "next: " + next_command(request.words, with_rate(request.run.optimizer, *found.lr)) + "\n";
  return text;
}

std::string picture_of(const LrFound& found, const Request& request) {
  LinesPicture picture{
      .title = fmt::format("Learning-rate range test: {}", request.run.data.string()),
      .x = "learning rate",
      .y = "loss after the step",
      .log_x = true};
  for (const LrSweep& sweep : found.sweeps) {
    picture.lines.push_back({fmt::format("seed {}", sweep.seed), sweep.lr, sweep.smoothed});
    picture.lines.push_back({"", sweep.lr, sweep.loss, true});
  }
  for (const auto& [name, lr] :
       {std::pair("steepest", found.steepest), std::pair("valley", found.valley),
        std::pair("minimum/10", found.minimum), std::pair("advised", found.lr)})
    if (lr) picture.marks.push_back({name, *lr});
  return lines_svg(picture);
}

}  // namespace

int lr_find_command(const Words& words) {
  Request request;
  if (!read_request(request, words)) return kOk;
  check_outputs(std::array{NamedFile{"DATA", request.run.data},
                           NamedFile{"--validation", request.run.validation_file},
                           NamedFile{"--test", request.run.test_file}},
                std::array{NamedFile{"--picture", request.picture}});
  const Interrupt interrupt;
  ProgressBar bar(request.quiet);
  request.find.stop = interrupt.token();
  request.find.progress = [&](std::int64_t done, std::int64_t of) {
    if (bar.due())
      bar.show(static_cast<double>(done) / static_cast<double>(of),
               fmt::format("step {} of at most {}", done, of));
  };
  const LrFound found = lr_find_table(request.run, request.find);
  if (found.stopped) return kInterrupted;
  if (!request.picture.empty()) write_picture(request.picture, picture_of(found, request));
  if (request.json)
    print_as_json(found, request.run.optimizer.empty() ? kDefaultOptimizer : request.run.optimizer);
  else print(text_of(found, request));
  return kOk;
}

}  // namespace downhill::cli
