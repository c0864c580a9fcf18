// What the delivered weights are worth: the sections of the page that come from evaluation records.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "downhill/metrics/figures.h"
#include "downhill/report/detail/escape.h"
#include "downhill/report/detail/scatter.h"
#include "downhill/report/detail/sections.h"
#include "downhill/report/detail/table.h"

namespace downhill::report_detail {
namespace {

constexpr std::size_t kMatrixClasses = 25;  // of a confusion matrix that is drawn
constexpr std::size_t kRecallRows = 100;

// The part that counts most: test, else validation, else train.
const EvaluationRecord* weightiest(const RunLog& log) {
  for (const char* split : {"test", "validation", "train"})
    if (const EvaluationRecord* record = evaluation_of(log, split)) return record;
  return nullptr;
}

std::optional<double> named(const NamedNumbers& numbers, const std::string& name) {
  const auto found = std::ranges::find(numbers, name, &NamedNumbers::value_type::first);
  return found == numbers.end() ? std::nullopt : std::optional(found->second);
}

std::string interval_cell(const EvaluationRecord& record, const std::string& metric) {
  const auto found = std::ranges::find(record.intervals, metric, &Interval::name);
  if (found == record.intervals.end()) return number_cell({});
  return fmt::format("<td class=\"n\">{} to {}</td>", number_text(found->low),
                     number_text(found->high));
}

std::string share_text(const std::optional<double>& share) {
  return share ? fmt::format("{:.1f} %", 100 * *share) : "–";
}

std::string notes_of(const EvaluationRecord& record) {
  std::string notes;
  for (const std::string& name : not_better(record.metrics, record.baseline))
    notes += fmt::format("<li>{} is not better than that of the best constant.</li>",
                         html_text(name, 60));
  for (const UndefinedRecord& one : record.undefined)
    notes += fmt::format("<li>{} is not defined: {}.</li>", html_text(one.name, 60),
                         html_text(one.reason, 200));
  if (record.threshold)
    notes += fmt::format(
        "<li>Predicted as the second class above a probability of {}: {} of that class are missed, "
        "{} of the first are false alarms.</li>",
        number_text(*record.threshold), share_text(record.missed), share_text(record.false_alarms));
  return notes.empty() ? "" : "<ul>" + notes + "</ul>";
}

/// A cell of the confusion matrix: the darker, the larger its share of the row.
std::string confusion_cell(double count, double row, bool right) {
  if (count == 0) return "<td>·</td>";
  const double share = row > 0 ? count / row : 0;
  return fmt::format("<td class=\"{}\" style=\"--v:{:.0f}\">{}</td>", right ? "r" : "w",
                     10 + 45 * share, number_text(count));
}

std::string confusion_table(const EvaluationRecord& record) {
  std::string head = "<th>true \\ predicted</th>";
  for (const ClassRecord& one : record.classes) head += "<th>" + html_text(one.name, 24) + "</th>";
  std::string body = "<tr>" + head + "<th>recall</th></tr>", precision;
  for (std::size_t k = 0; k < record.classes.size(); ++k) {
    const std::vector<double>& counts = record.confusion[k];
    const double row = std::accumulate(counts.begin(), counts.end(), 0.0);
    body += "<tr><th>" + html_text(record.classes[k].name, 24) + "</th>";
    for (std::size_t j = 0; j < counts.size(); ++j) body += confusion_cell(counts[j], row, j == k);
    body += "<td>" + share_text(record.classes[k].recall) + "</td></tr>";
    precision += "<td>" + share_text(record.classes[k].precision) + "</td>";
  }
  body += "<tr><th>precision</th>" + precision + "</tr>";
  return "<div class=\"wide-table\"><table class=\"confusion\">" + body + "</table></div>";
}

// Many classes: those with the lowest recall first.
std::string recall_table(const EvaluationRecord& record) {
  std::vector<ClassRecord> classes = record.classes;
  std::ranges::stable_sort(classes, {}, [](const ClassRecord& c) { return c.recall.value_or(2); });
  Table table(
      "<th>Class</th><th class=\"n\">Rows</th><th class=\"n\">Recall</th>"
      "<th class=\"n\">Precision</th>",
      4, "facts scores");
  for (std::size_t i = 0; i < std::min(classes.size(), kRecallRows); ++i) {
    const ClassRecord& one = classes[i];
    table.row(cell(html_text(one.name, 60)) + number_cell(one.weight) +
              fmt::format("<td class=\"n\">{}</td><td class=\"n\">{}</td>", share_text(one.recall),
                          share_text(one.precision)));
  }
  return "<div class=\"wide-table\">" + table.html() + "</div>";
}

std::string title_of(const char* what, const EvaluationRecord& record) {
  const std::string rows = record.rows > 0 ? fmt::format(", {} rows", record.rows) : std::string();
  return fmt::format("<h2>{} ({}{})</h2>", what, html_text(record.split, 20), rows);
}

// Low and high of all finite values, with a margin.
std::pair<double, double> range_of(const std::vector<double>& values) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (const double value : values)
    if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
  if (!(low <= high)) return {0, 1};
  const double margin = high > low ? 0.04 * (high - low) : std::max(std::abs(low) * 0.1, 1e-3);
  return {low - margin, high + margin};
}

std::string figure(const std::string& svg, const std::string& caption) {
  return "<figure>" + svg + "<figcaption>" + caption + "</figcaption></figure>";
}

std::string predicted_against_true(const EvaluationRecord& record) {
  std::vector<double> both = record.targets;
  both.insert(both.end(), record.predictions.begin(), record.predictions.end());
  const auto [low, high] = range_of(both);
  Scatter plot({low, high, low, high}, "predicted", "true");
  std::vector<Place> places;
  for (std::size_t i = 0; i < record.targets.size(); ++i)
    places.push_back({record.predictions[i], record.targets[i]});
  plot.add_points(places);
  plot.add_line({{low, low}, {high, high}}, "ideal");
  return figure(plot.svg("predicted against true values"),
                "On the dashed line a prediction is right.");
}

std::string residuals(const EvaluationRecord& record) {
  std::vector<Place> places;
  std::vector<double> sizes;
  for (std::size_t i = 0; i < record.targets.size(); ++i) {
    places.push_back({record.predictions[i], record.targets[i] - record.predictions[i]});
    sizes.insert(sizes.end(), {places.back()[1], -places.back()[1]});
  }
  const auto [x_low, x_high] = range_of(record.predictions);
  const auto [y_low, y_high] = range_of(sizes);
  Scatter plot({x_low, x_high, y_low, y_high}, "predicted", "true - predicted");
  plot.add_points(places);
  plot.add_line({{x_low, 0}, {x_high, 0}}, "ideal");
  return figure(plot.svg("residuals over predicted values"),
                "A shape here (a bend, a funnel) is what the model does not know yet.");
}

}  // namespace

std::string evaluation_section(const RunLog& log) {
  const EvaluationRecord* main = weightiest(log);
  if (main == nullptr) return "";
  // What counts most stands first: a narrow screen shows it without being scrolled.
  std::string head = fmt::format(
      "<th></th><th class=\"n\">{}</th><th class=\"n\">95 % interval</th>"
      "<th class=\"n\">best constant</th>",
      html_text(main->split, 20));
  std::vector<const EvaluationRecord*> others;
  for (const EvaluationRecord& record : log.evaluations)
    if (&record != main) others.push_back(&record);
  for (const EvaluationRecord* record : others)
    head += "<th class=\"n\">" + html_text(record->split, 20) + "</th>";
  Table table(head, others.size() + 4, "facts scores");
  const auto row = [&](const std::string& name, const auto& value, const std::string& interval,
                       const std::optional<double>& constant) {
    std::string cells =
        cell(html_text(name, 60)) + number_cell(value(*main)) + interval + number_cell(constant);
    for (const EvaluationRecord* record : others) cells += number_cell(value(*record));
    table.row(cells);
  };
  if (main->loss)
    row(
        "loss", [](const EvaluationRecord& r) { return r.loss; }, number_cell({}),
        main->baseline_loss);
  for (const auto& [name, ignored] : main->metrics)
    row(
        name, [&name = name](const EvaluationRecord& r) { return named(r.metrics, name); },
        interval_cell(*main, name), named(main->baseline, name));
  const char* title = log.end && delivers_nothing(log.end->reason)
                          ? "What the last weights were worth, which no file holds"
                          : "What the model is worth";
  return fmt::format("<section id=\"evaluation\"><h2>{}</h2><div class=\"wide-table\">", title) +
         table.html() + "</div>" + notes_of(*main) + "</section>";
}

std::string confusion_section(const RunLog& log) {
  const EvaluationRecord* record = weightiest(log);
  if (record == nullptr || record->classes.empty()) return "";
  const bool drawn = !record->confusion.empty() && record->classes.size() <= kMatrixClasses;
  return "<section id=\"confusion\">" +
         title_of(drawn ? "Confusion matrix" : "Classes, the lowest recall first", *record) +
         (drawn ? confusion_table(*record) : recall_table(*record)) + "</section>";
}

std::string calibration_section(const RunLog& log) {
  const EvaluationRecord* record = weightiest(log);
  if (record == nullptr || record->calibration.empty()) return "";
  double most = 0;
  for (const CalibrationRecord& bin : record->calibration) most = std::max(most, bin.weight);
  Scatter plot({0, 1, 0, 1}, "predicted probability", "share that is so");
  plot.add_line({{0, 0}, {1, 1}}, "ideal");
  std::vector<Place> places;
  for (const CalibrationRecord& bin : record->calibration)
    places.push_back({bin.predicted, bin.observed});
  plot.add_line(places, "line");
  for (const CalibrationRecord& bin : record->calibration)
    plot.add_bubble({bin.predicted, bin.observed},
                    3 + 7 * std::sqrt(most > 0 ? bin.weight / most : 0),
                    fmt::format("{} rows: predicted {}, true {}", number_text(bin.weight),
                                number_text(bin.predicted), number_text(bin.observed)));
  const std::string second =
      record->classes.size() == 2 ? html_text(record->classes[1].name, 40) : "the second class";
  return "<section id=\"calibration\">" + title_of("Calibration", *record) +
         "<div class=\"scatters\">" +
         figure(plot.svg("calibration"),
                fmt::format("Probability of {}: on the dashed line it is what happens. The larger "
                            "a dot, the more rows.",
                            second)) +
         "</div></section>";
}

std::string predictions_section(const RunLog& log) {
  const EvaluationRecord* record = weightiest(log);
  if (record == nullptr || record->targets.empty()) return "";
  return "<section id=\"predictions\">" + title_of("Predicted against true", *record) +
         "<div class=\"scatters\">" + predicted_against_true(*record) + residuals(*record) +
         "</div></section>";
}

std::string columns_section(const RunLog& log) {
  if (!log.columns || log.columns->columns.empty()) return "";
  Table table(
      "<th>Column</th><th>Role</th><th>Range (training rows)</th><th class=\"n\">Missing (training "
      "rows)</th>"
      "<th>What was done</th>",
      5, "facts scores columns");
  for (const ColumnRecord& one : log.columns->columns)
    table.row(cell(html_text(one.name, 60)) + cell(html_text(one.role, 40)) +
              cell(html_text(one.range, 120)) + number_cell(static_cast<double>(one.missing)) +
              cell(html_text(one.done, 300)));
  return "<section id=\"columns\"><h2>Columns, as they were understood</h2>"
         "<div class=\"wide-table\">" +
         table.html() + "</div></section>";
}

}  // namespace downhill::report_detail
