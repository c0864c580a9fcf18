#pragma once
#include <vector>

#include "downhill/train/head.h"

namespace downhill::detail {

using Values = std::vector<double>;

double mean_of(const Values& x);
double mean_size_of(const Values& x);
double deviation_of(const Values& x);
/// The value at a share of sorted numbers, linear between neighbours.
double quantile_of(const Values& sorted, double share);
double median_of(Values x);

/// Slope and curvature of each row's loss in one output z, so that their means are those of the
/// mean loss.
struct Derivatives {
  Values g, h;
};

/// A head under way, and what the loss of all rows is with its constants for predictions.
class HeadConstants {
 public:
  explicit HeadConstants(const HeadQuestion& question);

  // What is searched: c, or the logarithm of a softplus's, which is a prediction itself.
  double get(std::size_t j) const;
  void put(std::size_t j, double a);

  /// The mean loss with the constants as they are; inf where it is NaN.
  double loss() const;
  /// ... with another one in the place of the j-th.
  double loss(std::size_t j, double a);
  /// At z_j = `at` of one output, the others at 0.
  Derivatives derivatives(std::size_t j, double at = 0) const;
  /// Whether the loss of some row is NaN where every prediction is p.
  bool breaks(double p) const;

  Head head;
  std::int64_t rows, columns;

 private:
  const HeadQuestion& q_;
  Tensor target_;
};

}  // namespace downhill::detail
