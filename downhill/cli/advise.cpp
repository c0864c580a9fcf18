#include "downhill/train/advise.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/cli/arguments.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/json.h"
#include "downhill/cli/run_files.h"
#include "downhill/cli/table_arguments.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/options.h"

namespace downhill::cli {
namespace {

constexpr std::string_view kSummary =
    "Proposes losses for a table, with reasons, evidence and the command to run: looks at the\n"
    "target, fits what its values admit, and orders by what is told of costs or metric, else by\n"
    "the held-out log-likelihood of the distribution behind each loss. Trains and keeps nothing.\n";

constexpr std::size_t kShown = 4;  // proposals on screen; all are in the JSON

struct Request {
  TableRunOptions run;
  AdviseOptions advise;
  bool json = false, quiet = false, all = false;
};

bool read_request(Request& request, const Words& words) {
  AdviseOptions& o = request.advise;
  Arguments arguments("advise", kSummary, "downhill advise data/diabetes.csv --target target");
  TableArguments table(arguments, request.run);
  arguments.text("--task", "numbers|classes|two-classes", request.run.task,
                 "what the target is [default: by the column]");
  arguments.text("--metric", "NAME", o.metric,
                 "what the model will be judged by: rmse, mse, r2, mae, mape, smape, msle;\n"
                 "accuracy, balanced_accuracy, log_loss, brier");
  arguments.number("--cost-under", "X", o.cost_under, kNonNegative,
                   "of each unit that a predicted number is too low; 0: not told");
  arguments.number("--cost-over", "X", o.cost_over, kNonNegative,
                   "of each unit that it is too high; 0: not told");
  arguments.number("--cost-false-alarm", "X", o.cost_false_alarm, kNonNegative,
                   "of a row of the first class that is taken for the second, beside\n"
                   "--cost-missed; 0: 1");
  arguments.number("--folds", "N", o.folds, {2, 20}, "of the cross-validation");
  table.add_rows();
  arguments.flag("--all", request.all, "all proposals, not the first four");
  arguments.flag("--json", request.json, "one JSON object instead of text");
  if (!arguments.parse(words)) return false;
  table.finish();
  request.quiet = arguments.quiet();
  return true;
}

void write_difference(JsonWriter& json, const AdviceDifference& d) {
  json.key("difference");
  json.begin_object();
  json.member("from", d.from);
  json.member("mean", d.mean);
  json.member("interval", std::vector<double>(d.interval.begin(), d.interval.end()));
  json.member("shown", d.shown());
  json.end_object();
}

void print_as_json(const Advice& advice) {
  JsonWriter json;
  json.begin_object();
  json.member("task", std::string(text_of(advice.task)));
  json.member("measure", advice.measure);
  json.member("higher_is_better", advice.higher_is_better);
  json.member("target", advice.target);
  json.objects("proposals", advice.proposals, [&](const Proposal& p) {
    json.member("loss", p.loss);
    json.member("reasons", p.reasons);
    json.member("score", p.score);
    json.key("interval");
    if (p.score) json.value(std::vector<double>(p.interval.begin(), p.interval.end()));
    else json.null();
    if (p.difference) write_difference(json, *p.difference);
    json.member("metrics", p.metrics);
    json.member("command", p.command);
  });
  json.member("notes", advice.notes);
  json.end_object();
  print_json(json);
}

std::string text_of(const Proposal& p, std::size_t place, const std::string& measure) {
  std::string text = fmt::format("{}. {}", place, p.loss);
  if (p.score)
    text += fmt::format("   {} {} ({} to {})", measure, decimal(*p.score, 4),
                        decimal(p.interval[0], 4), decimal(p.interval[1], 4));
  for (const auto& [name, value] : p.metrics)
    if (name != measure || !p.score) text += fmt::format("   {} {}", name, decimal(value, 4));
  text += "\n";
  for (const std::string& reason : p.reasons) text += "     " + reason + "\n";
  return text + "     " + p.command + "\n";
}

std::string text_of(const Advice& advice, bool all) {
  const bool ordered =
      std::ranges::any_of(advice.proposals, [](const Proposal& p) { return p.score.has_value(); });
  std::string text = fmt::format("task: {}; ", downhill::text_of(advice.task));
  text += ordered ? fmt::format("held-out {} orders, {} is better\n", advice.measure,
                                advice.higher_is_better ? "more" : "less")
                  : fmt::format("none has a {}: what fits the target best comes first\n",
                                advice.measure);
  const std::size_t shown =
      all ? advice.proposals.size() : std::min(kShown, advice.proposals.size());
  for (std::size_t i = 0; i < shown; ++i)
    text += text_of(advice.proposals[i], i + 1, advice.measure);
  if (shown < advice.proposals.size())
    text += fmt::format("and {} more: --all\n", advice.proposals.size() - shown);
  return text;
}

}  // namespace

int advise_command(const Words& words) {
  Request request;
  if (!read_request(request, words)) return kOk;
  const Advice advice = advise_table(request.run, request.advise);
  if (!request.quiet) note_all(advice.notes);
  if (request.json) print_as_json(advice);
  else print(text_of(advice, request.all));
  return kOk;
}

}  // namespace downhill::cli
