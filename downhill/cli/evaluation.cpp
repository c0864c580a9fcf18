#include "downhill/cli/evaluation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "downhill/core/options.h"
#include "downhill/metrics/figures.h"

namespace downhill::cli {
namespace {

using Names = std::vector<std::string>;

std::optional<double> figure(const NamedNumbers& all, const std::string& name) {
  for (const auto& [key, value] : all)
    if (key == name) return value;
  return {};
}

/// The few that a terminal shows; --json and the report have all.
Names shown(const EvaluationRecord& record) {
  Names names;
  for (const char* name :
       {"accuracy", "auc", "balanced_accuracy", "macro_f1", "rmse", "mae", "r2"}) {
    if (names.size() == 3) break;
    if (figure(record.metrics, name)) names.emplace_back(name);
  }
  return names;
}

std::string cell(const EvaluationRecord& part, const std::string& name, bool interval) {
  const auto value = figure(part.metrics, name);
  if (!value) return "-";
  std::string text = decimal(*value, 4);
  if (!interval) return text;
  for (const Interval& i : part.intervals)
    if (i.name == name) text += fmt::format(" ({} to {})", decimal(i.low, 3), decimal(i.high, 3));
  return text;
}

/// Columns of equal places, as many as fit.
std::string aligned(const std::vector<Names>& rows, int width) {
  std::vector<std::size_t> widths;
  for (const Names& row : rows)
    for (std::size_t j = 0; j < row.size(); ++j) {
      if (widths.size() <= j) widths.push_back(0);
      widths[j] = std::max(widths[j], row[j].size());
    }
  std::size_t columns = 0, total = 0;
  while (columns < widths.size() &&
         (columns < 2 || total + widths[columns] <= static_cast<std::size_t>(width)))
    total += widths[columns++] + 2;
  std::string text;
  for (const Names& row : rows) {
    std::string line;
    for (std::size_t j = 0; j < std::min(row.size(), columns); ++j)
      line += fmt::format("{:<{}}", row[j], widths[j] + 2);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace

void write_evaluation(JsonWriter& json, const EvaluationRecord& r) {
  json.begin_object();
  json.member("loss", r.loss);
  json.member("metrics", r.metrics);
  json.key("intervals");
  json.begin_object();
  for (const Interval& i : r.intervals) json.member(i.name, std::vector<double>{i.low, i.high});
  json.end_object();
  json.key("baseline");
  json.begin_object();
  if (r.baseline_loss) json.member("loss", *r.baseline_loss);
  for (const auto& [name, value] : r.baseline) json.member(name, value);
  json.end_object();
  json.member("rows", r.rows);
  json.member("not_better_than_constant", not_better(r.metrics, r.baseline));
  json.key("undefined");
  json.begin_object();
  for (const UndefinedRecord& u : r.undefined) json.member(u.name, u.reason);
  json.end_object();
  if (!r.classes.empty()) {
    Names names;
    for (const ClassRecord& c : r.classes) names.push_back(c.name);
    json.member("classes", names);
    json.member("confusion", r.confusion);
  }
  if (r.threshold) {
    json.member("threshold", r.threshold);
    json.member("missed", r.missed);
    json.member("false_alarms", r.false_alarms);
  }
  json.end_object();
}

std::string evaluation_table(std::span<const EvaluationRecord> parts, int width) {
  if (parts.empty()) return "";
  const Names names = shown(parts.back());
  std::vector<Names> rows = {{"", "loss"}};
  rows[0].insert(rows[0].end(), names.begin(), names.end());
  for (const EvaluationRecord& part : parts) {
    Names row = {fmt::format("{} ({})", part.split, part.rows),
                 part.loss ? decimal(*part.loss, 4) : "-"};
    for (const std::string& name : names) row.push_back(cell(part, name, &part == &parts.back()));
    rows.push_back(std::move(row));
  }
  const EvaluationRecord& last = parts.back();
  Names constant = {"best constant", last.baseline_loss ? decimal(*last.baseline_loss, 4) : "-"};
  for (const std::string& name : names) {
    const auto value = figure(last.baseline, name);
    constant.push_back(value ? decimal(*value, 4) : "-");
  }
  rows.push_back(std::move(constant));
  return aligned(rows, width);
}

std::vector<std::string> evaluation_notes(const EvaluationRecord& record) {
  Names notes;
  if (record.missed && record.false_alarms)
    notes.push_back(
        fmt::format("at the threshold {}: {} % of {} missed, {} % false alarms",
                    decimal(*record.threshold, 4), decimal(100 * *record.missed, 3),
                    record.classes.size() == 2 ? record.classes[1].name : "the second class",
                    decimal(100 * *record.false_alarms, 3)));
  const auto worse = not_better(record.metrics, record.baseline);
  if (!worse.empty())
    notes.push_back(fmt::format("not better than the best constant: {}", fmt::join(worse, ", ")));
  for (const UndefinedRecord& u : record.undefined)
    notes.push_back(fmt::format("no {}: {}", u.name, u.reason));
  return notes;
}

}  // namespace downhill::cli
