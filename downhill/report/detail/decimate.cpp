#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

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

std::string list(const std::vector<std::string>& items) {
  return fmt::format("[{}]", fmt::join(items, ","));
}

std::string series_json(const Series& series) {
  std::vector<std::string> x, y, bad;
  for (std::size_t i = 0; i < series.x.size(); ++i) {
    x.push_back(fmt::format("{:.8g}", series.x[i]));
    const bool finite = std::isfinite(series.y[i]);
    y.push_back(finite ? fmt::format("{:.6g}", series.y[i]) : "null");
    if (!finite) bad.push_back(x.back());
  }
  return fmt::format(R"({{"name":{},"color":{},"faint":{},"x":{},"y":{},"bad":{}}})",
                     script_text(series.name, 60), series.color, series.faint, list(x), list(y),
                     list(bad));
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
  std::vector<std::string> all;
  for (const auto& chart : charts.charts) {
    std::vector<std::string> series;
    for (const auto& line : chart.series) series.push_back(series_json(decimated(line, buckets)));
    all.push_back(fmt::format(R"({{"title":{},"wide":{},"marked":{},"series":{}}})",
                              script_text(chart.title, 60), chart.wide, chart.marked,
                              list(series)));
  }
  return fmt::format(R"({{"unit":"{}","best":{},"charts":{}}})", charts.unit,
                     charts.best ? fmt::format("{:.8g}", *charts.best) : "null", list(all));
}

}  // namespace downhill::report_detail
