#pragma once
#include <vector>

#include "downhill/inspect/objective.h"

namespace downhill {

struct CriticalRateOptions {
  double start = 1;             ///< the first rate that is tried: the last one found, best
  double tolerance = 1.0 / 16;  ///< relative width of the interval that is left
  double smallest = 1e-12, largest = 1e12;  ///< times `start`
};

/// The rate at which a step along an update begins to raise the loss.
struct CriticalRate {
  /// 0 if even the smallest rate raises it, infinite if not even the largest does.
  double rate = 0;
  int evaluations = 0;
  /// 2 / rate: of a quadratic and its gradient, the curvature along it. Compare with 2 / lr.
  double sharpness() const { return 2 / rate; }
};

/// The smallest rate eta at which L(parameters + eta update) is above L(parameters), by doubling or
/// halving and then bisecting: about six evaluations from a good start. A loss that is not finite is
/// above. The parameters have their old bits at the end.
/// Source  Critical sharpness, arXiv 2601.16979.
CriticalRate critical_rate(const Objective& objective, const Tensors& parameters,
                           const std::vector<double>& update,
                           const CriticalRateOptions& options = {});

}  // namespace downhill
