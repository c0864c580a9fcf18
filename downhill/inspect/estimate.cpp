#include "downhill/inspect/estimate.h"

#include <cmath>
#include <limits>

namespace downhill {

Estimate exactly(double value) { return {value, 0, value, value, 0}; }

double student_t(int degrees) {
  if (degrees < 1) return std::numeric_limits<double>::infinity();
  if (degrees < 4) return degrees == 1 ? 12.7062 : degrees == 2 ? 4.30265 : 3.18245;
  // Expansion around the normal's point (Abramowitz and Stegun, 26.7.5).
  const double z = 1.959963984540054, n = degrees, z2 = z * z;
  const double g1 = (z2 + 1) / 4, g2 = ((5 * z2 + 16) * z2 + 3) / 96,
               g3 = (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384,
               g4 = ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;
  return z * (1 + (g1 + (g2 + (g3 + g4 / n) / n) / n) / n);
}

Estimate mean_of(std::span<const double> samples, double offset) {
  Estimate result;
  result.samples = static_cast<int>(samples.size());
  const double n = result.samples;
  double mean = 0, squares = 0;
  for (const double x : samples) mean += x / n;
  for (const double x : samples) squares += (x - mean) * (x - mean);
  result.value = offset + mean;
  result.standard_error =
      n > 1 ? std::sqrt(squares / (n - 1) / n) : std::numeric_limits<double>::infinity();
  const double reach = n > 1 ? student_t(result.samples - 1) * result.standard_error
                             : std::numeric_limits<double>::infinity();
  result.low = result.value - reach;
  result.high = result.value + reach;
  return result;
}

}  // namespace downhill
