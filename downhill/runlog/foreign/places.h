#pragma once
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "downhill/runlog/foreign/columns.h"
#include "downhill/runlog/foreign/log_table.h"

namespace downhill::foreign {

/// Where a row stands in its run: epoch and step; 0 for what does not count.
using Place = std::pair<double, double>;

/// The places of a table's rows, and which rows have a training loss.
struct Places {
  std::vector<Place> of_row;  ///< a row without one has that of the row before
  std::vector<bool> own;      ///< whether the row tells its place itself
  std::vector<std::size_t> trained;
  std::vector<double> losses;  ///< of `trained`
  bool known = false;          ///< there is a step or an epoch
  bool by_epoch_too = false;   ///< the log has epochs
  std::string name;            ///< of the column that leads

  const Place& at(std::size_t i) const { return of_row[trained[i]]; }
  /// Where in `trained` the place goes back.
  std::vector<std::size_t> descents() const;
};

/// The mean of losses; infinite if one is not finite.
double level(std::span<const double> losses);
/// How far two levels are apart; 0 if both are infinite.
double apart(double a, double b);
/// How many losses of so many tell the level at an end.
std::size_t few_of(std::size_t losses);

/// A step that counts on over the epochs stands for the place alone.
Places places_of(const LogTable& table, const Columns& columns);

}  // namespace downhill::foreign
