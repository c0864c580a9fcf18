#include "downhill/report/landscape_page.h"

#include <fmt/format.h>

#include "downhill/io/json_writer.h"
#include "downhill/report/detail/assets.h"
#include "downhill/report/detail/escape.h"

namespace downhill {
namespace {

constexpr const char* kPolicy =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

std::string data_json(const Grid& grid, const std::vector<Place>& path, const PictureText& text) {
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

std::string landscape_page(const Grid& grid, const std::vector<Place>& path,
                           const PictureText& text, const std::string& about) {
  using report_detail::html_text;
  const std::string title = html_text(text.title, 120);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<title>{}</title>\n<style>{}\n#surface {{ width: 100%; display: block; touch-action: none; "
      "}} .picture svg {{ max-width: 100%; height: auto; }}</style></head>\n"
      "<body><main><header><h1>{}</h1><span>Downhill</span></header>\n"
      "<section><p>{}</p><canvas id=\"surface\" role=\"img\" aria-label=\"{}\" "
      "tabindex=\"0\"></canvas><p class=\"soft\">Drag to turn, wheel to zoom, double click to go "
      "back; a switch draws heights as logarithms above the lowest: "
      "<button id=\"log\" type=\"button\">log</button></p></section>\n"
      "<section class=\"picture\">{}</section>\n<footer>Made by Downhill.</footer></main>\n"
      "<script type=\"application/json\" id=\"data\">{}</script>\n<script>{}</script>\n"
      "</body></html>\n",
      kPolicy, title, report_assets::report_css(), title, html_text(about, 600), title,
      contour_svg(grid, path, text), data_json(grid, path, text), report_assets::landscape_js());
}

}  // namespace downhill
