// The table per layer: norms of gradient and update, their ratio to the weights, and dead units.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "downhill/report/detail/escape.h"
#include "downhill/report/detail/sections.h"
#include "downhill/report/detail/table.h"

namespace downhill::report_detail {
namespace {

constexpr double kLargeRatio = 0.05;  // NeuroScope's warning; CS231n: about 1e-3
constexpr double kDeadShare = 0.5;    // SageMaker Debugger

/// One figure of a layer over the run. The worst is the highest, or the first that is not finite.
struct Figure {
  double first = 0, last = 0, worst = 0;
  std::int64_t at = 0;
  bool measured = false;

  void add(const std::optional<double>& value, std::int64_t step) {
    if (!value) return;
    const bool worse = std::isfinite(worst) && !(*value <= worst);
    if (!measured || worse) worst = *value, at = step;
    if (!measured) first = *value;
    last = *value;
    measured = true;
  }
};

constexpr std::size_t kFigures = 4;
constexpr std::array<const char*, kFigures> kHeads = {"gradient", "update", "update / weights",
                                                      "dead units"};

struct LayerRow {
  std::string name;
  std::array<Figure, kFigures> figures;
};

std::optional<double> ratio_of(const LayerRecord& layer) {
  if (!layer.update || !layer.parameter || !(*layer.parameter > 0)) return {};
  return *layer.update / *layer.parameter;
}

template <class Records>
void add_rows(std::vector<LayerRow>& rows, const Records& records, bool by_epoch) {
  for (const auto& record : records) {
    const std::int64_t place = by_epoch ? record.epoch : record.step;
    for (const LayerRecord& layer : record.layers) {
      auto row = std::ranges::find(rows, layer.name, &LayerRow::name);
      if (row == rows.end()) row = rows.insert(row, LayerRow{layer.name, {}});
      row->figures[0].add(layer.gradient, place);
      row->figures[1].add(layer.update, place);
      row->figures[2].add(ratio_of(layer), place);
      row->figures[3].add(layer.dead, place);
    }
  }
}

bool shown(const std::vector<LayerRow>& rows, std::size_t figure) {
  return std::ranges::any_of(rows,
                             [&](const LayerRow& row) { return row.figures[figure].measured; });
}

/// A gradient or an update that is 0 in every record, a step of a twentieth of the weights, half of the
/// units dead, or a number that is not finite.
bool alarming(const Figure& figure, std::size_t kind) {
  if (!std::isfinite(figure.worst)) return true;
  if (kind < 2) return figure.worst == 0;
  return figure.worst > (kind == 2 ? kLargeRatio : kDeadShare);
}

std::string cells_of(const Figure& figure, std::size_t kind) {
  if (!figure.measured) return "<td></td><td></td><td></td>";
  const auto text = [&](double value) {
    return kind == 3 ? fmt::format("{:.0f} %", 100 * value) : number_text(value);
  };
  return fmt::format(
      "<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n{}\">{} at {}</td>",
      text(figure.first), text(figure.last), alarming(figure, kind) ? " bad" : "",
      text(figure.worst), figure.at);
}

}  // namespace

std::string layers_section(const RunLog& log) {
  std::vector<LayerRow> rows;
  add_rows(rows, log.steps, false);
  const bool by_epoch = rows.empty();
  if (by_epoch) add_rows(rows, log.epochs, true);
  if (rows.empty()) return "";
  std::string groups = "<th></th>", head = "<th>layer</th>";
  std::size_t columns = 1;
  for (std::size_t k = 0; k < kFigures; ++k) {
    if (!shown(rows, k)) continue;
    groups += fmt::format("<th colspan=\"3\">{}</th>", kHeads[k]);
    head += "<th class=\"n\">first</th><th class=\"n\">last</th><th class=\"n\">worst</th>";
    columns += 3;
  }
  if (columns == 1) return "";
  Table table(groups + "</tr><tr>" + head, columns, "facts layers");
  for (const LayerRow& row : rows) {
    std::string cells = cell(html_text(row.name, 60));
    for (std::size_t k = 0; k < kFigures; ++k)
      if (shown(rows, k)) cells += cells_of(row.figures[k], k);
    table.row(cells);
  }
  return fmt::format(
      "<section id=\"layers\"><h2>Layer by layer</h2><div class=\"wide-table\">{}</div>"
      "<p class=\"note\">2-norms, from the input to the output, of {}; worst: the highest, "
      "and "
      "where it was. Marked: a gradient or update that is always 0, steps above {} of the weights "
      "(about 0.001 is common), half of the units dead, numbers that are not finite.</p></section>",
      table.html(), by_epoch ? "one step of each epoch" : "single steps", kLargeRatio);
}

}  // namespace downhill::report_detail
