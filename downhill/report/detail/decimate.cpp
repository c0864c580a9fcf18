#include <algorithm>
#include <cmath>

#include "downhill/io/json_writer.h"
#include "downhill/report/detail/charts.h"
#include "downhill/report/detail/escape.h"

namespace downhill::report_detail {
namespace {

constexpr std::size_t kMostPoints = 9000;  // of all series together

// The places of the extremes of y[begin, end) and of its first value that is not finite.
std::vector<std::size_t> kept_places(const std::vector<double>& y, std::size_t begin,
                                     std::size_t end) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t low = kNone, high = kNone, bad = kNone;
  for (std::size_t i = begin; i < end; ++i) {
    if (!std::isfinite(y[i])) {
      if (bad == kNone) bad = i;
      continue;
    }
    if (low == kNone || y[i] < y[low]) low = i;
    if (high == kNone || y[i] > y[high]) high = i;
  }
  std::vector<std::size_t> places;
  for (const std::size_t place : {low, high, bad})
    if (place != kNone) places.push_back(place);
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

constexpr std::size_t kLongestName = 60;
constexpr int kDigitsOfX = 8, kDigitsOfY = 6;

void write(JsonWriter& json, const Series& series) {
  json.begin_object();
  json.member("name", cut(series.name, kLongestName));
  json.member("color", series.color);
  json.member("faint", series.faint);
  json.key("x");
  json.begin_list();
  for (const double x : series.x) json.rounded(x, kDigitsOfX);
  json.end_list();
  json.key("y");
  json.begin_list();
  for (const double y : series.y) json.rounded(y, kDigitsOfY);
  json.end_list();
  json.key("bad");
  json.begin_list();
  for (std::size_t i = 0; i < series.x.size(); ++i)
    if (!std::isfinite(series.y[i])) json.rounded(series.x[i], kDigitsOfX);
  json.end_list();
  json.end_object();
}

}  // namespace

Series decimated(const Series& series, std::size_t buckets) {
  const std::size_t count = series.x.size();
  if (count <= 2 * buckets) return series;
  Series out = series;
  out.x.clear();
  out.y.clear();
  for (std::size_t i = 0; i < buckets; ++i) {
    for (const std::size_t place :
         kept_places(series.y, i * count / buckets, (i + 1) * count / buckets)) {
      out.x.push_back(series.x[place]);
      out.y.push_back(series.y[place]);
    }
  }
  return out;
}

std::string charts_json(const Charts& charts) {
  std::size_t lines = 0;
  for (const auto& chart : charts.charts) lines += chart.series.size();
  const std::size_t buckets =
      std::min<std::size_t>(800, kMostPoints / (3 * std::max<std::size_t>(lines, 1)));
  JsonWriter json(JsonWriter::For::script);
  json.begin_object();
  json.member("unit", charts.unit);
  json.key("best");
  if (charts.best) json.rounded(*charts.best, kDigitsOfX);
  else json.null();
  json.key("charts");
  json.begin_list();
  for (const auto& chart : charts.charts) {
    json.begin_object();
    json.member("title", cut(chart.title, kLongestName));
    json.member("wide", chart.wide);
    json.member("marked", chart.marked);
    json.key("series");
    json.begin_list();
    for (const auto& line : chart.series) write(json, decimated(line, buckets));
    json.end_list();
    json.end_object();
  }
  json.end_list();
  json.key("spans");
  json.begin_list();
  for (const Span& span : charts.spans) {
    json.begin_object();
    json.member("name", cut(span.name, kLongestName));
    json.key("from");
    json.rounded(span.from, kDigitsOfX);
    json.key("to");
    json.rounded(span.to, kDigitsOfX);
    json.end_object();
  }
  json.end_list();
  json.end_object();
  return json.take();
}

}  // namespace downhill::report_detail
