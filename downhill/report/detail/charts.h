#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "downhill/runlog/records.h"
#include "downhill/runlog/verdict.h"

namespace downhill::report_detail {

/// One line of a chart: y over x, x increasing; y may be non-finite.
struct Series {
  std::string name;
  int color = 0;       ///< 0 train, 1 validation, 2 test, 3 other
  bool faint = false;  ///< drawn thin, behind the others
  std::vector<double> x, y;
};

struct Chart {
  std::string title;
  bool wide = false;    ///< over the whole width
  bool log = false;     ///< starts with a logarithmic y axis
  bool marked = false;  ///< shows the best epoch
  std::vector<Series> series;
};

/// Where a finding shows: shaded in the loss chart.
struct Span {
  std::string name;
  double from, to;  ///< x
};

/// All charts of a run over one common x.
struct Charts {
  std::string unit = "step";   ///< what x counts: "epoch" or "step"
  std::optional<double> best;  ///< x of the best epoch
  std::vector<Chart> charts;
  std::vector<Span> spans;
  std::size_t left_out = 0;  ///< metrics beyond the largest number of charts
};

/// Loss (train and validation together), metrics, learning rate, gradient norm. Where the log has
/// epochs, x is the epoch, and steps stand between them by their number; where a run ended within
/// its first epoch, x is the step.
Charts charts_of(const RunLog& log);

/// Where the findings show, as places on the charts' x: of the first findings those that show somewhere,
/// not everywhere.
std::vector<Span> spans_of(const RunLog& log, const Verdict& verdict);

/// At most 3 * `buckets` points with the same extremes: in every bucket of neighbours the smallest
/// and the largest value stay, in their order, so that no spike is lost, and of the values that are
/// not finite the first.
Series decimated(const Series& series, std::size_t buckets);

/// The charts as JSON for the page's script, with at most some 10,000 points in all.
std::string charts_json(const Charts& charts);

}  // namespace downhill::report_detail
