#include "downhill/report/html.h"

#include <fmt/format.h>

#include "downhill/report/detail/assets.h"
#include "downhill/report/detail/escape.h"
#include "downhill/report/detail/sections.h"

namespace downhill {
namespace {

// Nothing may be fetched: only the script and style that stand in the page itself.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

std::string head(const Verdict& verdict) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<title>Training report: {}</title>\n<style>{}\n{}</style></head>\n",
      kPolicy, report_detail::html_text(verdict.name, 40), report_assets::uplot_css(),
      report_assets::report_css());
}

std::string foot(const RunLog& log) {
  std::string text = "Made by Downhill";
  if (!log.start.version.empty())
    text += "; the run was made by version " + report_detail::html_text(log.start.version, 40);
  if (log.truncated_line > 0)
    text += fmt::format("; line {} of the log was cut short and is left out", log.truncated_line);
  return "<footer>" + text + ".</footer>";
}

}  // namespace

std::string html_report(const RunLog& log, const Verdict& verdict) {
  using namespace report_detail;
  const Charts charts = charts_of(log);
  std::string page = head(verdict);
  page += "<body><main><header><h1>Training report</h1><span>Downhill</span></header>\n";
  page += verdict_section(verdict) + "\n" + tiles(log, charts) + "\n";
  page += evaluation_section(log) + "\n" + confusion_section(log) + "\n";
  page += predictions_section(log) + "\n" + calibration_section(log) + "\n";
  page += chart_sections(charts) + "\n" + stands_section(log) + "\n" + columns_section(log) + "\n";
  page += configuration_section(log) + "\n" + foot(log) + "</main>\n";
  page += "<script type=\"application/json\" id=\"data\">" + charts_json(charts) + "</script>\n";
  page += fmt::format("<script>{}</script>\n<script>{}</script>\n</body></html>\n",
                      report_assets::uplot_js(), report_assets::report_js());
  return page;
}

}  // namespace downhill
