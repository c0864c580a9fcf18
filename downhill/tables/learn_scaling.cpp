#include "downhill/tables/detail/learn_scaling.h"

#include <algorithm>
#include <cmath>

namespace downhill::detail {
namespace {

constexpr double kHeavyTails = 10;         // deviation over IQR / 1.349
constexpr double kIqrOfDeviation = 1.349;  // of a normal distribution

// The value at `share` of the sorted numbers, between neighbours in proportion.
double quantile(std::vector<double>& numbers, double share) {
  const double place = share * static_cast<double>(numbers.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto at = numbers.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(numbers.begin(), at, numbers.end());
  const double low = *at, rest = place - static_cast<double>(below);
  if (rest == 0) return low;
  const double high = *std::min_element(at + 1, numbers.end());
  return low + rest * (high - low);
}

}  // namespace

LearntScaling learn_scaling(std::vector<double>& numbers) {
  const auto [least, most] = std::minmax_element(numbers.begin(), numbers.end());
  LearntScaling learnt{{}, *least, *most};
  if (learnt.constant()) {
    learnt.scaling.center = learnt.scaling.median = learnt.low;
    return learnt;
  }
  // In units of the largest magnitude: squares neither overflow nor underflow.
  int exponent = 0;
  std::frexp(std::max(std::abs(learnt.low), std::abs(learnt.high)), &exponent);
  for (double& number : numbers) number = std::ldexp(number, -exponent);
  const auto n = static_cast<double>(numbers.size());
  double sum = 0, correction = 0, squares = 0;
  for (const double number : numbers) sum += number;
  const double rough = sum / n;
  for (const double number : numbers) correction += number - rough;
  const double mean = rough + correction / n;
  for (const double number : numbers) squares += (number - mean) * (number - mean);
  const double deviation = std::sqrt(squares / n);
  const double lower = quantile(numbers, 0.25), median = quantile(numbers, 0.5);
  const double spread = (quantile(numbers, 0.75) - lower) / kIqrOfDeviation;
  Scaling& scaling = learnt.scaling;
  scaling.robust = spread > 0 && deviation > kHeavyTails * spread;
  scaling.center = std::ldexp(scaling.robust ? median : mean, exponent);
  scaling.scale = std::ldexp(scaling.robust ? spread : deviation, exponent);
  scaling.median = std::ldexp(median, exponent);
  return learnt;
}

}  // namespace downhill::detail
