#include "downhill/report/landscape_page.h"

#include <fmt/format.h>

#include "downhill/io/json_writer.h"
#include "downhill/report/detail/assets.h"
#include "downhill/report/detail/escape.h"
#include "downhill/report/detail/page.h"

namespace downhill {
namespace {

std::string data_json(const LandscapeShown& shown) {
  const auto& [grid, path, text, about] = shown;
  JsonWriter json(JsonWriter::For::script);
  json.begin_object();
  json.member("columns", static_cast<std::int64_t>(grid.columns));
  json.member("rows", static_cast<std::int64_t>(grid.rows));
  json.member("window", std::vector<double>{grid.window.x_low, grid.window.x_high,
                                            grid.window.y_low, grid.window.y_high});
  json.member("x", text.x);
  json.member("y", text.y);
  json.key("values");
  json.begin_list();
  for (const double value : grid.values) json.rounded(value, 6);
  json.end_list();
  json.key("path");
  json.begin_list();
  for (const Place& place : path) json.value(std::vector<double>{place[0], place[1]});
  json.end_list();
  json.end_object();
  return json.take();
}

}  // namespace

std::string landscape_section(const LandscapeShown& shown, const std::string& heading) {
  using report_detail::html_text;
  return fmt::format(
      "<section id=\"landscape\">{}<p>{}</p><canvas id=\"surface\" role=\"img\" "
      "aria-label=\"{}\" tabindex=\"0\"></canvas><p class=\"soft\">Drag to turn, wheel to zoom, "
      "double click to go back; a switch draws heights as logarithms above the lowest: "
      "<button id=\"log\" type=\"button\">log</button></p></section>\n"
      "<section class=\"picture\">{}</section>\n",
      heading, html_text(shown.about, 600), html_text(shown.text.title, 120),
      contour_svg(shown.grid, shown.path, shown.text));
}

std::string landscape_scripts(const LandscapeShown& shown) {
  return fmt::format(
      "<script type=\"application/json\" id=\"landscape-data\">{}</script>\n<script>{}</script>\n",
      data_json(shown), report_assets::landscape_js());
}

std::string landscape_page(const LandscapeShown& shown) {
  const std::string title = report_detail::html_text(shown.text.title, 120);
  return report_detail::page_head(title, report_assets::report_css()) +
         fmt::format(
             "<body><main><header><h1>{}</h1><span>Downhill</span></header>\n{}"
             "<footer>Made by Downhill.</footer></main>\n{}</body></html>\n",
             title, landscape_section(shown, ""), landscape_scripts(shown));
}

}  // namespace downhill
