#include "downhill/inspect/critical_rate.h"

#include <cmath>
#include <limits>

#include "downhill/core/error.h"
#include "downhill/inspect/detail/movable.h"

namespace downhill {

CriticalRate critical_rate(const Objective& objective, const Tensors& parameters,
                           const std::vector<double>& update, const CriticalRateOptions& options) {
  if (!(options.start > 0) || !(options.tolerance > 0) || !(options.smallest > 0) ||
      !(options.largest >= options.smallest))
    throw_usage("critical_rate", "start, tolerance, smallest and largest must be above 0");
  detail::Movable at(parameters);
  CriticalRate result;
  const double here = objective();
  const auto rises = [&](double rate) {
    at.move(rate, update);
    ++result.evaluations;
    return !(objective() <= here);
  };
  double low = 0, high = options.start;
  if (rises(high)) {
    for (low = high / 2; rises(low); low /= 2) {
      if (low < options.smallest * options.start) return result;
      high = low;
    }
  } else {
    for (low = high, high = 2 * low; !rises(high); high *= 2) {
      if (high > options.largest * options.start) {
        result.rate = std::numeric_limits<double>::infinity();
        return result;
      }
      low = high;
    }
  }
  while (high - low > options.tolerance * low) {
    const double middle = 0.5 * (low + high);
    (rises(middle) ? high : low) = middle;
  }
  result.rate = 0.5 * (low + high);
  return result;
}

}  // namespace downhill
