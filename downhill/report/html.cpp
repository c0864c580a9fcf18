#include "downhill/report/html.h"

#include <fmt/format.h>

#include "downhill/report/detail/assets.h"
#include "downhill/report/detail/escape.h"
#include "downhill/report/detail/page.h"
#include "downhill/report/detail/sections.h"
#include "downhill/runlog/train_command.h"

namespace downhill {
namespace {

// A live page asks the server that it came from, and no other.
constexpr const char* kLivePolicy = "; connect-src 'self'";

/// "digits.csv: digit by mlp:128,64", as far as the log says it.
std::string title_of(const RunLog& log) {
  const auto value = [&](const char* name) { return value_of(log.start.config, name); };
  std::string data = value("data");
  if (data.empty()) data = value("log");  // of another program
  data = data.substr(data.find_last_of('/') + 1);
  if (data.empty()) return "Training report";
  std::string title = data;
  if (!value("target").empty()) title += ": " + value("target");
  if (!value("model").empty()) title += " by " + value("model");
  return report_detail::html_text(title, 120);
}

/// "2026-03-01 14:05 UTC, " where the log says when.
std::string began(const RunLog& log) {
  const std::string& at = log.start.began;
  if (at.size() < 16) return "";
  return report_detail::html_text(at.substr(0, 10) + " " + at.substr(11, 5), 60) + " UTC &middot; ";
}

std::string head(const RunLog& log, const Verdict& verdict, const char* policy) {
  const std::string title =
      fmt::format("{}: {}", title_of(log), report_detail::html_text(verdict.name, 40));
  return report_detail::page_head(
      title, fmt::format("{}\n{}", report_assets::uplot_css(), report_assets::report_css()),
      policy);
}

std::string foot(const RunLog& log) {
  std::string text = "Made by Downhill";
  if (!log.start.version.empty())
    text += "; the run was made by version " + report_detail::html_text(log.start.version, 40);
  if (log.truncated_line > 0)
    text += fmt::format("; line {} of the log was cut short and is left out", log.truncated_line);
  return "<footer>" + text + ".</footer>";
}

std::string page_of(const RunLog& log, const Verdict& verdict, const char* policy,
                    const std::string& body, const std::optional<LandscapeShown>& landscape) {
  using namespace report_detail;
  Charts charts = charts_of(log);
  charts.spans = spans_of(log, verdict);
  std::string page = head(log, verdict, policy);
  page += fmt::format("{}<main><header><h1>{}</h1><span>{}Downhill</span></header>\n", body,
                      title_of(log), began(log));
  page += verdict_section(verdict) + "\n" + tiles(log, charts) + "\n";
  page += evaluation_section(log) + "\n" + confusion_section(log) + "\n";
  page += predictions_section(log) + "\n" + calibration_section(log) + "\n";
  page += chart_sections(charts) + "\n" + layers_section(log) + "\n" + stands_section(log) + "\n";
  if (landscape) page += landscape_section(*landscape, "<h2>The loss around it</h2>");
  page += columns_section(log) + "\n";
  page += configuration_section(log) + "\n" + foot(log) + "</main>\n";
  page += "<script type=\"application/json\" id=\"data\">" + charts_json(charts) + "</script>\n";
  if (landscape) page += landscape_scripts(*landscape);
  page += fmt::format("<script>{}</script>\n<script>{}</script>\n</body></html>\n",
                      report_assets::uplot_js(), report_assets::report_js());
  return page;
}

}  // namespace

std::string html_report(const RunLog& log, const Verdict& verdict,
                        const std::optional<LandscapeShown>& landscape) {
  return page_of(log, verdict, "", "<body>", landscape);
}

std::string live_report(const RunLog& log, const Verdict& verdict) {
  const std::int64_t epoch = log.epochs.empty() ? 0 : log.epochs.back().epoch;
  return page_of(log, verdict, kLivePolicy,
                 fmt::format("<body data-live=\"yes\" data-epoch=\"{}\">", epoch), {});
}

}  // namespace downhill
