#include "downhill/report/detail/sections.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/report/detail/escape.h"
#include "downhill/report/detail/table.h"

namespace downhill::report_detail {
namespace {

std::string words_of_name(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return html_text(name);
}

// What was measured beside what it was held against; thresholds that stand alone follow.
std::string evidence_table(const Finding& finding) {
  if (finding.evidence.empty()) return "";
  Table table("<th>Evidence</th><th class=\"n\">Value</th><th class=\"n\">Threshold</th>", 3);
  const auto in = [](const NamedNumbers& numbers, const std::string& name) {
    const auto at = std::ranges::find(numbers, name, &NamedNumbers::value_type::first);
    return at == numbers.end() ? std::nullopt : std::optional(at->second);
  };
  for (const auto& [name, value] : finding.evidence)
    table.row(cell(words_of_name(name)) + number_cell(value) +
              number_cell(in(finding.threshold, name)));
  for (const auto& [name, value] : finding.threshold)
    if (!in(finding.evidence, name))
      table.row(cell(words_of_name(name)) + number_cell(std::nullopt) + number_cell(value));
  std::string html = table.html();
  if (!finding.source.empty())
    html += "<p class=\"note\">Source: " + html_text(finding.source) + "</p>";
  return html;
}

std::string finding_section(const Finding& finding) {
  std::string html;
  if (!finding.remedy.empty())
    html += "<h3>What to do next</h3><p><code>" + html_text(finding.remedy, 2000) + "</code></p>";
  html += fmt::format("<h3>Why</h3><p class=\"note\">Confidence {:.0f} %, steps {} to {}</p>",
                      100 * finding.confidence, finding.from_step, finding.to_step);
  return html + evidence_table(finding);
}

std::string numbers_table(const NamedNumbers& numbers) {
  Table table("<th>Constant</th><th class=\"n\">Value</th>", 2);
  for (const auto& [name, value] : numbers) table.row(cell(html_text(name)) + number_cell(value));
  return table.html();
}

const char* mood_of(const std::string& verdict) {
  if (verdict == "healthy") return "good";
  return verdict == "diverging" || verdict == "not_finite" ? "bad" : "warn";
}

std::string tile(const std::string& value, const std::string& label) {
  return fmt::format("<div class=\"tile\"><b>{}</b><span>{}</span></div>", value, label);
}

// Of the weights that the run delivers: the parts that were held out, else the training rows.
std::string delivered_tiles(const RunLog& log) {
  if (log.end && delivers_nothing(log.end->reason)) return tile("none", "weights delivered");
  std::string html;
  for (const EvaluationRecord& part : log.evaluations) {
    if (part.split == "train" && log.evaluations.size() > 1) continue;
    const std::string name = html_text(part.split, 20);
    if (part.loss) html += tile(number_text(*part.loss), name + " loss");
    for (std::size_t i = 0; i < std::min<std::size_t>(part.metrics.size(), 1); ++i)
      html += tile(number_text(part.metrics[i].second),
                   name + " " + html_text(part.metrics[i].first, 40));
  }
  return html;
}

// The last value of each split's loss, or of its steps: of logs without evaluations.
std::string loss_tiles(const RunLog& log) {
  std::string html;
  bool train = false;
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    const auto record = std::find_if(log.epochs.rbegin(), log.epochs.rend(),
                                     [&](const auto& r) { return r.split == split; });
    if (record == log.epochs.rend()) continue;
    train = train || split == Split::train;
    html += tile(number_text(record->loss), fmt::format("{} loss at the end", text_of(split)));
    if (record->metrics.empty()) continue;
    const auto& [name, value] = record->metrics.front();
    if (split != Split::train)
      html += tile(number_text(value), fmt::format("{} {}", text_of(split), html_text(name, 40)));
  }
  if (!train && !log.steps.empty())
    html = tile(number_text(log.steps.back().loss), "loss of the last step") + html;
  return html;
}

}  // namespace

std::string verdict_section(const Verdict& verdict) {
  std::string html = fmt::format(
      "<section id=\"verdict\"><div class=\"verdict\"><span class=\"badge {}\">{}</span>"
      "<p class=\"summary\">{}</p></div>",
      mood_of(verdict.name), html_text(verdict.name, 40), html_text(verdict.summary, 1000));
  if (!verdict.healthy()) html += finding_section(verdict.findings.front());
  for (std::size_t i = 1; i < std::min<std::size_t>(verdict.findings.size(), 9); ++i) {
    const Finding& also = verdict.findings[i];
    html +=
        fmt::format("<details><summary>Also: {}</summary><p>{}</p>{}</details>",
                    html_text(also.name, 40), html_text(also.summary, 1000), finding_section(also));
  }
  std::string needs;
  for (const NotExamined& missing : verdict.not_examined)
    needs +=
        "<li>" + html_text(missing.symptom, 40) + " needs " + html_text(missing.needs) + "</li>";
  if (!needs.empty())
    html += "<details><summary>Not examined</summary><ul>" + needs + "</ul></details>";
  if (!verdict.constants.empty())
    html += "<details><summary>Constants of the rules</summary>" +
            numbers_table(verdict.constants) + "</details>";
  return html + "</section>";
}

std::string tiles(const RunLog& log, const Charts& charts) {
  std::string html = log.evaluations.empty() ? loss_tiles(log) : delivered_tiles(log);
  if (charts.best)
    html += tile(number_text(*charts.best), log.end && log.end->best_epoch
                                                ? "best epoch, weights restored"
                                                : "best epoch by validation");
  if (log.end) {
    html += tile(fmt::format("{}", log.end->epoch), "epochs");
    html += tile(fmt::format("{}", log.end->step), "steps");
    html += tile(fmt::format("{:.3g} s", log.end->seconds), "time");
    html += tile(html_text(text_of(log.end->reason), 60), "how it ended");
  }
  return html.empty() ? "" : "<div class=\"tiles\">" + html + "</div>";
}

std::string chart_sections(const Charts& charts) {
  if (charts.charts.empty()) return "<section>The log has no losses yet.</section>";
  std::string html;
  for (std::size_t i = 0; i < charts.charts.size(); ++i) {
    const Chart& chart = charts.charts[i];
    const std::string title = html_text(chart.title, 60);
    html += fmt::format(
        "<section{}><div class=\"head\"><h2>{}</h2><label><input type=\"checkbox\" "
        "id=\"log-{}\"{}> "
        "log scale</label></div><div class=\"plot\" id=\"plot-{}\" role=\"img\" "
        "aria-label=\"{} over the {}s\"></div></section>",
        chart.wide ? " class=\"wide\"" : "", title, i, chart.log ? " checked" : "", i, title,
        charts.unit);
  }
  html = "<div class=\"charts\">" + html + "</div>";
  html +=
      "<p class=\"note\">Drag over a curve to zoom, double click to go back. Red ticks on the "
      "axis: values that are not finite.";
  if (charts.left_out > 0) html += fmt::format(" {} more metrics are in the log.", charts.left_out);
  return html +
         "</p><noscript><p>The curves need JavaScript; all else on this page does "
         "not.</p></noscript>";
}

std::string stands_section(const RunLog& log) {
  if (!log.stands) return "";
  const StandsRecord& s = *log.stands;
  Table table("", 2);
  const auto add = [&table](const char* what, const std::optional<double>& value) {
    if (value) table.row(cell(what) + number_cell(value));
  };
  add("h1, largest eigenvalue of the Hessian", s.h1);
  add("residual of h1", s.h1_residual);
  add("hn, smallest eigenvalue of the Hessian", s.hn);
  add("residual of hn", s.hn_residual);
  add("fall that the quadratic model promises, fraction of the loss", s.quadratic_decrease);
  add("fall of the loss found along hn's direction", s.probe_decrease);
  add("loss", s.loss);
  add("gradient norm", s.gradient_norm);
  if (s.rows > 0) add("rows used", static_cast<double>(s.rows));
  if (s.parameters > 0) add("parameters", static_cast<double>(s.parameters));
  std::string html = fmt::format("<section id=\"stands\"><h2>Where the run stands: {}</h2>",
                                 html_text(text_of(s.stands), 40));
  if (!s.reason.empty()) html += "<p>" + html_text(s.reason, 1000) + "</p>";
  html += table.html();
  if (!s.constants.empty())
    html += "<details><summary>Constants of the measurement</summary>" +
            numbers_table(s.constants) + "</details>";
  return html + "</section>";
}

std::string configuration_section(const RunLog& log) {
  Table table("", 2);
  for (const auto& [name, value] : log.start.config)
    table.row(cell(html_text(name)) + cell(html_text(value)));
  const auto add = [&table](const char* name, const std::string& value) {
    if (!value.empty()) table.row(cell(name) + cell(html_text(value)));
  };
  add("version", log.start.version);
  add("processor", log.start.processor);
  add("BLAS", log.start.blas);
  if (log.start.threads > 0) add("threads", fmt::format("{}", log.start.threads));
  if (table.empty()) return "";
  return "<section id=\"configuration\"><h2>Configuration</h2>" + table.html() + "</section>";
}

}  // namespace downhill::report_detail
