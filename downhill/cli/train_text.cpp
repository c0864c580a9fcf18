#include "downhill/cli/train_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "downhill/cli/evaluation.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/options.h"
#include "downhill/io/utf8.h"
#include "downhill/report/verdict_text.h"
#include "downhill/runlog/writer.h"
#include "downhill/train/files.h"

namespace downhill::cli {
namespace {

/// What was chosen under that name; an empty one if nothing was.
Choice choice_of(const ResolvedRun& run, std::string_view name) {
  const auto found = std::ranges::find(run.choices, name, &Choice::name);
  return found == run.choices.end() ? Choice{} : *found;
}

/// `text` in a line of at most `width` characters.
std::string cut(const std::string& text, int width) {
  return shortened(text, static_cast<std::size_t>(std::max(width, 20)));
}

/// Everything that was resolved, with reasons.
std::string long_configuration(const ResolvedRun& run, const TableRunOptions& options) {
  std::string text = fmt::format("{}: {}\n", options.data.string(), run.data);
  std::size_t width = 0;
  for (const Choice& choice : run.choices) width = std::max(width, choice.value.size());
  width = std::min<std::size_t>(width, 40);
  for (const Choice& c : run.choices) {
    text += fmt::format("  {:<10} {:<{}}", c.name, c.value, width);
    while (text.ends_with(' ')) text.pop_back();
    text += c.reason.empty() ? "\n" : fmt::format("  ({})\n", c.reason);
  }
  text += "columns (ranges and what is missing: of the training rows)\n";
  for (const ColumnRecord& column : run.columns)
    text += fmt::format("  {}: {}\n", column.name, column.done);
  return text + fmt::format("  {:<10} {}\n", "out", options.out.string());
}

/// What is said of a column that is not read as it stands: its notation, its dates, what is missing.
std::string not_plain(const ColumnRecord& column) {
  const std::size_t end = std::min(column.done.find_first_of(",;("), column.done.size());
  const bool noted = column.done.substr(end).starts_with('(');
  if (column.role != "input" || column.missing == 0)
    return noted ? column.name + ": " + column.done.substr(0, column.done.find(')') + 1) : "";
  return fmt::format("{}: {}, {} missing", column.name,
                     column.done.substr(0, noted ? column.done.find(')') + 1 : end),
                     column.missing);
}

/// As many of these as a line holds, and how many more there are.
std::string as_many(const std::vector<std::string>& items, int width) {
  if (items.empty()) return "";
  std::string line = items[0];
  for (std::size_t i = 1; i < items.size(); ++i) {
    const std::string rest = fmt::format("; {} more (--verbose)", items.size() - i);
    const bool last = i + 1 == items.size();
    const std::size_t need = line.size() + 2 + items[i].size() + (last ? 0 : rest.size());
    if (need > static_cast<std::size_t>(width)) return cut(line + rest, width) + "\n";
    line += "; " + items[i];
  }
  return cut(line, width) + "\n";
}

/// The same in a few lines: what is learnt from what, with what; columns that are not read as they
/// stand, or not at all.
std::string short_configuration(const ResolvedRun& run, const TableRunOptions& options, int width) {
  const auto value = [&](std::string_view name) { return choice_of(run, name).value; };
  std::string text =
      cut(fmt::format("{}: {} -> {} ({}: {}); {}", options.data.string(), value("inputs"),
                      value("target"), value("task"), choice_of(run, "task").reason, run.data),
          width) +
      "\n";
  text += cut(fmt::format("{}  {}  {} epochs  {}", value("loss"), value("model"), value("epochs"),
                          value("optimizer")),
              width) +
          "\n";
  std::vector<std::string> special, left_out;
  for (const ColumnRecord& column : run.columns) {
    if (column.role == "left out") left_out.push_back(column.name + ": " + column.done);
    else if (std::string read_as = not_plain(column); !read_as.empty())
      special.push_back(std::move(read_as));
  }
  special.insert(special.end(), left_out.begin(), left_out.end());
  return text + as_many(special, width);
}

void write_part(JsonWriter& json, const TableRunResult& result, const char* part) {
  json.key(part);
  const EvaluationRecord* record = result.evaluation(part);
  if (record != nullptr) write_evaluation(json, *record);
  else json.null();
}

void write_checks(JsonWriter& json, std::span<const TrainingCheck> checks) {
  json.objects("checks", checks, [&](const TrainingCheck& check) {
    json.member("check", check.name);
    json.member("passed", check.passed);
    json.member("figure", check.figure);
    json.member("limit", check.limit);
    json.member("text", check.text);
  });
}

}  // namespace

std::string finding_text(const Finding& finding) {
  return fmt::format("{}: {}\n  {}", finding.name, finding.summary, finding.remedy);
}

std::string finding_line(const Finding& finding) {
  return cut(fmt::format("{}: {}", finding.name, finding.summary), terminal_width());
}

std::string checks_text(std::span<const TrainingCheck> checks) {
  std::string text;
  for (const TrainingCheck& check : checks)
    text += fmt::format("{:<6} {:<24} {:>9}  {}\n",
                        !check.passed   ? "-"
                        : *check.passed ? "ok"
                                        : "FAILED",
                        check.name, decimal(check.figure, 3), check.text);
  return text;
}

JsonWriter checks_json(std::span<const TrainingCheck> checks) {
  JsonWriter json;
  json.begin_object();
  json.member("passed", all_passed(checks));
  write_checks(json, checks);
  json.end_object();
  return json;
}

JsonWriter result_json(const TableRunResult& result, const Config& config) {
  const FitResult& fit = result.fit;
  JsonWriter json;
  json.begin_object();
  json.member("verdict", fit.verdict.name);
  json.member("state", fit.stands.stands);
  json.member("ended", std::string(text_of(fit.ended)));
  write_findings(json, fit.verdict);
  json.member("summary", fit.verdict.summary);
  json.member("task", std::string(text_of(result.card.task)));
  for (const char* part : {"train", "validation", "test"}) write_part(json, result, part);
  json.member("epochs", fit.epochs);
  json.member("steps", fit.steps);
  json.member("best_epoch", fit.best_epoch);
  json.member("seconds", fit.seconds);
  json.member("out", result.out.string());
  json.member("message", fit.message);
  json.member("notes", result.notes);
  write_checks(json, result.checks);
  json.member("config", config);
  json.end_object();
  return json;
}

std::string result_text(const TableRunResult& result, bool verbose) {
  const FitResult& fit = result.fit;
  const int width = terminal_width();
  std::string text =
      verbose ? verdict_text(fit.verdict) + "\nwhere it stands: " + explain(fit.stands) + "\n"
              : cut(fmt::format("{}: {}", fit.verdict.name, fit.verdict.summary), width) + "\n";
  if (!verbose && !fit.verdict.healthy())
    text += "next: " + fit.verdict.findings.front().remedy + "\n";  // a command is whole or none
  const std::string report = (result.out / kReportFile).string();
  text += fmt::format("{} at {}: {} epochs, {} steps, {:.3g} s{}; {}\n", text_of(fit.ended),
                      fit.stands.stands, fit.epochs, fit.steps, fit.seconds,
                      fit.best_epoch ? fmt::format("; weights of epoch {}", *fit.best_epoch) : "",
                      report);
  if (!fit.message.empty()) text += fit.message + "\n";
  const auto& parts = fit.log.evaluations;
  if (parts.empty()) return text;
  if (const auto notes = evaluation_notes(parts.back()); !notes.empty()) {
    const std::string line = fmt::format("{}", fmt::join(notes, "; "));
    const bool fits = line.size() <= static_cast<std::size_t>(width);
    text += (fits ? line : fmt::format("{}", fmt::join(notes, "\n"))) + "\n";
  }
  return text + evaluation_table(parts, width);
}

std::string configuration_text(const ResolvedRun& run, const TableRunOptions& options,
                               bool verbose) {
  return verbose ? long_configuration(run, options)
                 : short_configuration(run, options, terminal_width());
}

}  // namespace downhill::cli
