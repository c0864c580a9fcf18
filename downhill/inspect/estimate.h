#pragma once
#include <span>

namespace downhill {

/// A mean of random samples with its 95 % interval, by Student's t: it holds for samples that are
/// not far from normal, as sums over many directions are.
struct Estimate {
  double value = 0, standard_error = 0;
  double low = 0, high = 0;
  int samples = 0;  ///< 0: exact

  bool contains(double truth) const { return truth >= low && truth <= high; }
};

/// A number without error.
Estimate exactly(double value);
/// offset + the mean of the samples; one sample gives an interval without bounds.
Estimate mean_of(std::span<const double> samples, double offset = 0);
/// The 97.5 % point of Student's t with so many degrees of freedom, to 1e-3 relative.
double student_t(int degrees);

}  // namespace downhill
