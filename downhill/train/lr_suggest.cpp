// What the curve of a learning-rate range test suggests.
#include <algorithm>
#include <cmath>

#include "downhill/train/lr_find.h"

namespace downhill {
namespace {

using Curve = std::vector<double>;

// A Gaussian average over log lr; near the ends over what is there.
Curve smooth(const Curve& lr, const Curve& loss, double decades) {
  const double width = decades * std::log(10.0);
  Curve result;
  for (std::size_t i = 0; i < loss.size(); ++i) {
    double sum = 0, weight = 0;
    for (std::size_t k = 0; k < loss.size(); ++k) {
      const double z = width > 0 ? std::log(lr[k] / lr[i]) / width : (k == i ? 0.0 : 10.0);
      const double w = std::exp(-0.5 * z * z);
      sum += w * loss[k];
      weight += w;
    }
    result.push_back(sum / weight);
  }
  return result;
}

// How far the losses scatter around their smoothed curve.
double scatter(const LrSweep& sweep) {
  Curve distances;
  for (std::size_t i = 0; i < sweep.loss.size(); ++i)
    distances.push_back(std::abs(sweep.loss[i] - sweep.smoothed[i]));
  std::ranges::nth_element(distances, distances.begin() + std::ssize(distances) / 2);
  return 1.4826 * distances[distances.size() / 2];
}

std::size_t steepest(const LrSweep& s, std::size_t lowest) {
  std::size_t best = 0;
  double least = 0;
  for (std::size_t i = 1; i < lowest; ++i) {
    const double slope =
        (s.smoothed[i + 1] - s.smoothed[i - 1]) / std::log(s.lr[i + 1] / s.lr[i - 1]);
    if (slope >= least) continue;
    least = slope;
    best = i;
  }
  return best;
}

// The middle of the longest decreasing subsequence, from where the first fiftieth of the fall is
// behind: a curve without noise falls from its very first point on.
std::size_t valley(const Curve& loss, double fall) {
  std::size_t first = 0;
  while (loss[0] - loss[first] < 0.02 * fall) ++first;
  std::vector<std::size_t> length(loss.size(), 1), begin(loss.size());
  std::size_t end = first;
  for (std::size_t i = first; i < loss.size(); ++i) {
    begin[i] = i;
    for (std::size_t k = first; k < i; ++k) {
      if (loss[k] <= loss[i] || length[k] + 1 <= length[i]) continue;
      length[i] = length[k] + 1;
      begin[i] = begin[k];
    }
    if (length[i] > length[end]) end = i;
  }
  return (begin[end] + end) / 2;
}

}  // namespace

void suggest(LrSweep& sweep, double smoothing) {
  constexpr std::size_t kLeast = 8;
  sweep.steepest = sweep.minimum = sweep.valley = {};
  if (sweep.loss.size() < kLeast) {
    sweep.smoothed = sweep.loss;
    return;
  }
  sweep.smoothed = smooth(sweep.lr, sweep.loss, smoothing);
  const auto lowest =
      static_cast<std::size_t>(std::ranges::min_element(sweep.smoothed) - sweep.smoothed.begin());
  const double fall = sweep.smoothed.front() - sweep.smoothed[lowest];
  // Beyond the scatter, and beyond the rounding of the losses.
  const double least = std::max(2 * scatter(sweep), 1e-6 * std::abs(sweep.smoothed.front()));
  if (lowest < 2 || !(fall > least)) return;
  sweep.minimum = sweep.lr[lowest] / 10;
  if (const std::size_t i = steepest(sweep, lowest); i > 0) sweep.steepest = sweep.lr[i];
  sweep.valley = sweep.lr[valley(sweep.smoothed, fall)];
}

}  // namespace downhill
