#pragma once
#include <functional>
#include <stop_token>
#include <vector>

#include "downhill/inspect/objective.h"

namespace downhill {

struct LandscapeOptions {
  int columns = 51, rows = 51;                            ///< rows 1: a line along x
  double x_low = -1, x_high = 1, y_low = -1, y_high = 1;  ///< in units of the directions
  std::stop_token stop = {};  ///< asked at every point; what is done is returned then
  std::function<void(std::int64_t done, std::int64_t of)> progress = {};
  /// Called after each row, from low y to high, with all values so far: to save them.
  std::function<void(const std::vector<double>&)> row_done = {};
};

/// The loss at parameters + a x + b y on a grid: values[row * columns + column], a from low to high
/// within a row. `known` are the first values of an interrupted measurement of the same grid. A value
/// that is not finite is kept as it is. One evaluation a point and two passes over the parameters;
/// they have their old bits at the end.
/// UsageError: fewer than 2 columns, no rows, limits that do not rise, directions of another length.
std::vector<double> landscape(const Objective& objective, const Tensors& parameters,
                              const std::vector<double>& x, const std::vector<double>& y,
                              const LandscapeOptions& options = {}, std::vector<double> known = {});

/// The place of a column or row: low and high exactly at the ends, 0 exactly in the middle of an odd
/// count of a symmetric range.
double landscape_place(double low, double high, int count, int i);

/// The highest point on the way between two places minus the higher of their losses, at `points`
/// places of the straight line; 0 where nothing in between is higher, infinite where the loss is
/// not finite there.
struct Barrier {
  double height = 0;
  double at = 0;                   ///< share of the way
  std::vector<double> along = {};  ///< the losses, both ends included
};
Barrier barrier(const Objective& objective, const Tensors& parameters,
                const std::vector<double>& from, const std::vector<double>& to, int points = 25);

}  // namespace downhill
