#include "downhill/runlog/foreign/places.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace downhill::foreign {
namespace {

using Cells = LogTable::Cells;

std::optional<double> cell(const LogTable& table, std::optional<std::size_t> column,
                           std::size_t row) {
  if (!column || row >= table.columns[*column].size()) return {};
  const auto value = table.columns[*column][row];
  return value && *value == *value ? value : std::nullopt;
}

// The column, if nearly every row with a loss has it.
std::optional<std::size_t> common(const LogTable& table, std::optional<std::size_t> column,
                                  const std::vector<std::size_t>& trained) {
  const auto count = std::ranges::count_if(
      trained, [&](std::size_t row) { return cell(table, column, row).has_value(); });
  return 10 * count >= 9 * std::ssize(trained) ? column : std::nullopt;
}

// The cells, those that are missing as the row before; of the first rows as the first that is there.
std::vector<double> carried(const LogTable& table, std::optional<std::size_t> column) {
  std::vector<double> all(table.rows, 0);
  if (!column) return all;
  double last = 0;
  for (std::size_t row = table.rows; row-- > 0;)
    if (const auto value = cell(table, column, row)) last = *value;
  for (std::size_t row = 0; row < table.rows; ++row)
    all[row] = last = cell(table, column, row).value_or(last);
  return all;
}

// Whether epochs go up where steps do, so that steps alone tell the order.
bool counts_on(const std::vector<double>& epochs, const std::vector<double>& steps,
               std::vector<std::size_t> trained) {
  const auto by_step = [&](std::size_t a, std::size_t b) { return steps[a] < steps[b]; };
  const auto by_epoch = [&](std::size_t a, std::size_t b) { return epochs[a] < epochs[b]; };
  bool on = std::ranges::is_sorted(trained, by_step);
  for (std::size_t i = 1; on && i < trained.size(); ++i)
    on = epochs[trained[i - 1]] <= epochs[trained[i]] || by_step(trained[i - 1], trained[i]);
  std::ranges::stable_sort(trained, by_step);
  return on || std::ranges::is_sorted(trained, by_epoch);
}

}  // namespace

double level(std::span<const double> losses) {
  const double sum = std::accumulate(losses.begin(), losses.end(), 0.0);
  return std::isfinite(sum) ? sum / static_cast<double>(losses.size()) : HUGE_VAL;
}

double apart(double a, double b) { return a == b ? 0 : std::abs(a - b); }

std::size_t few_of(std::size_t losses) {
  constexpr std::size_t kMost = 5;
  return std::clamp(losses / 3, std::size_t{1}, kMost);
}

std::vector<std::size_t> Places::descents() const {
  std::vector<std::size_t> found;
  for (std::size_t i = 1; i < trained.size(); ++i)
    if (at(i) < at(i - 1)) found.push_back(i);
  return found;
}

Places places_of(const LogTable& table, const Columns& columns) {
  Places places;
  for (std::size_t row = 0; row < table.rows; ++row)
    if (const auto& cells = table.columns[*columns.of(Role::loss)];
        row < cells.size() && cells[row]) {
      places.trained.push_back(row);
      places.losses.push_back(*cells[row]);
    }
  auto epoch = common(table, columns.of(Role::epoch), places.trained);
  const auto step = common(table, columns.of(Role::step), places.trained);
  std::vector<double> epochs = carried(table, epoch);
  const std::vector<double> steps = carried(table, step);
  places.known = (epoch || step) && !places.trained.empty();
  places.by_epoch_too = epoch.has_value();
  if (!places.known) return places;
  if (epoch && step && counts_on(epochs, steps, places.trained)) {
    epoch.reset();
    std::ranges::fill(epochs, 0);
  }
  places.name = table.names[epoch ? *epoch : *step];
  for (std::size_t row = 0; row < table.rows; ++row) {
    places.of_row.emplace_back(epochs[row], steps[row]);
    places.own.push_back(cell(table, epoch ? epoch : step, row).has_value());
  }
  return places;
}

}  // namespace downhill::foreign
