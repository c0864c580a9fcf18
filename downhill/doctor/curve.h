#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "downhill/runlog/records.h"

namespace downhill {

/// One loss curve: finite losses in their order.
struct Curve {
  struct Point {
    std::int64_t epoch, step;
    double loss;
  };
  std::vector<Point> points;
  std::string unit = "step";  ///< what one point is: "epoch", "step" or "group of steps"

  bool empty() const { return points.empty(); }
  std::size_t size() const { return points.size(); }
  std::vector<double> losses() const;
};

/// The training losses: of the epochs where the log has at least `enough` of them, else of the
/// steps where these are more. More than 400 points become 400 medians of neighbours, which takes
/// the noise of mini-batches out and bounds the cost of what follows.
Curve train_curve(const RunLog& log, std::size_t enough);

/// The validation losses, condensed in the same way.
Curve validation_curve(const RunLog& log);

double median(std::span<const double> values);  ///< NaN of nothing

/// The median of three neighbours at each place (of two at the ends): spikes go, levels stay.
std::vector<double> smoothed(std::span<const double> values);

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

/// What a change of the loss at `level` is measured against: |level|, but at least `zero_loss` of
/// the start. A loss that goes below zero (a log likelihood) has no natural zero: how far it came
/// from its start is the measure, if that is more.
double loss_scale(std::span<const double> losses, double level, double zero_loss);

}  // namespace downhill
