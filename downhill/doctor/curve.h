#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "downhill/runlog/records.h"

namespace downhill {

/// One column of a log over the run: values in their order.
/// Of a level: means of equal numbers differ by it.
inline constexpr double kRounding = 1e-12;

struct Curve {
  struct Point {
    std::int64_t epoch, step;
    double value;
  };
  std::vector<Point> points = {};
  bool by_epoch = false;  ///< means over epochs, not figures of single steps

  bool empty() const { return points.empty(); }
  std::size_t size() const { return points.size(); }
  std::vector<double> values() const;
  /// Its step, or its epoch where the log has no steps.
  std::int64_t place(std::size_t point) const;
};

using OfStep = std::function<std::optional<double>(const StepRecord&)>;
using OfEpoch = std::function<std::optional<double>(const EpochRecord&)>;

/// The finite values of the split's epoch records; more than 400 become medians of neighbours.
Curve curve_of(const RunLog& log, Split split, const OfEpoch& value);
/// The same of the step records.
Curve step_curve(const RunLog& log, const OfStep& value);

/// The training losses: of the epochs where the log has at least `enough` of them, else of the steps
/// where these are more.
Curve train_curve(const RunLog& log, std::size_t enough);

/// The value of that name, if it is there.
std::optional<double> named(const NamedNumbers& numbers, std::string_view name);

double median(std::span<const double> values);  ///< NaN of nothing

/// The mean without the highest and the lowest tenth (one of each at least): the level of losses of
/// batches, most of which may be next to 0 while some are large, where a median would see 0. NaN of
/// nothing.
double level(std::span<const double> values);

/// The level of `width` neighbours at each place (of fewer at the ends): spikes go, levels stay.
std::vector<double> smoothed(std::span<const double> values, std::size_t width = 3);

/// The median of all slopes between two points, per place (Theil 1950, Sen 1968): up to 29 % of
/// the points may be wild.
double theil_sen_slope(std::span<const double> values);

/// The z of the Mann-Kendall test (Mann 1945, Kendall 1975): negative for a falling series; 0 for
/// fewer than three values.
double mann_kendall_z(std::span<const double> values);

/// The |z| from which `count` values have a trend: `significance`, but no more than a series that
/// falls (or rises) all the way has; 7 values or fewer must do just that to reach 3.
double needed_z(std::size_t count, double significance);

/// Standard deviation of the noise on a smooth curve, from the median absolute second difference.
double noise_of(std::span<const double> values);

/// A loss curve in a few figures that single wild points do not move.
struct CurveShape {
  std::size_t points = 0;
  /// First value of epochs; of steps the median of the first three, or the level of the first tenth
  /// where that lies within their noise.
  double start = 0;
  double end = 0;   ///< level of the last tenth, at least three
  double best = 0;  ///< lowest level of three neighbours; of steps of a twentieth of the run
  std::size_t best_place = 0;
  double noise = 0;  ///< standard deviation over the last three tenths, or eight of the second half
  double middle = 0;                   ///< level of the tenth in the middle
  double end_error = 0;                ///< standard error of `end`
  double from = 0;                     ///< fitted level three tenths before the end
  double slope = 0;                    ///< Theil-Sen, per point, over the last three tenths
  double last_step = 0;                ///< from the last but one to the last
  double z = 0;                        ///< Mann-Kendall over the same
  double needed = 0;                   ///< the |z| from which that is a trend
  double z_all = 0, needed_all = 0;    ///< the same two over the whole curve
  double half_z = 0, half_needed = 0;  ///< the same two over the second half
  double half_slope = 0;               ///< Theil-Sen, per point, over the second half
  double above_start = 0;              ///< share of the last three tenths that lies above `start`
  std::size_t last = 0;                ///< points of the last three tenths

  double whole() const;  ///< the whole fall; 0 where that is rounding
  /// The fall from start to end over the loss at the start.
  double fallen() const;
  /// The fall over three tenths of the run at the pace of its end, over the whole fall. Of fewer than
  /// twelve points the five that the pace is taken of are no end: it is no higher than that of the last two.
  double still() const;
  /// The fall over the second half by its Theil-Sen line, over the whole fall.
  double late() const;
  bool falls_late() const { return half_z <= -half_needed; }
  bool falls() const { return z <= -needed; }
  bool rises() const { return z >= needed; }
  /// It falls over the whole run, and not much slower in its second half.
  bool creeps() const;
};

/// Of a curve with at least one point.
CurveShape shape_of(const Curve& curve);

/// The same of a run that began at `start`, if that is higher: the first validation comes when an epoch has
/// been learnt from.
CurveShape begun_at(CurveShape shape, double start);

}  // namespace downhill
