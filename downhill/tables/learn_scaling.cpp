#include "downhill/tables/detail/learn_scaling.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace downhill::detail {
namespace {

constexpr double kHeavyTails = 10;         // deviation over IQR / 1.349
constexpr double kIqrOfDeviation = 1.349;  // of a normal distribution

template <class Take>
void for_each(const NumberPieces& pieces, const Take& take) {
  pieces([&](std::span<const double> numbers) {
    for (const double number : numbers) take(number);
  });
}

}  // namespace

LearntScaling learn_scaling(const NumberPieces& pieces) {
  LearntScaling learnt{{}, HUGE_VAL, -HUGE_VAL};
  for_each(pieces, [&](double number) {
    learnt.low = std::min(learnt.low, number);
    learnt.high = std::max(learnt.high, number);
    ++learnt.count;
  });
  if (learnt.count == 0) return learnt;
  if (learnt.constant()) {
    learnt.scaling.center = learnt.scaling.median = learnt.low;
    return learnt;
  }
  // In units of the largest magnitude: squares neither overflow nor underflow.
  int exponent = 0;
  std::frexp(std::max(std::abs(learnt.low), std::abs(learnt.high)), &exponent);
  const auto n = static_cast<double>(learnt.count);
  double sum = 0, correction = 0, squares = 0;
  for_each(pieces, [&](double number) { sum += std::ldexp(number, -exponent); });
  const double rough = sum / n;
  for_each(pieces, [&](double number) { correction += std::ldexp(number, -exponent) - rough; });
  const double mean = rough + correction / n;
  for_each(pieces, [&](double number) {
    const double off = std::ldexp(number, -exponent) - mean;
    squares += off * off;
  });
  const double deviation = std::sqrt(squares / n);
  OrderStatistics order(pieces, learnt.count);
  const double lower = order.quantile(0.25, -exponent), median = order.quantile(0.5, -exponent);
  const double spread = (order.quantile(0.75, -exponent) - lower) / kIqrOfDeviation;
  Scaling& scaling = learnt.scaling;
  scaling.robust = spread > 0 && deviation > kHeavyTails * spread;
  scaling.center = std::ldexp(scaling.robust ? median : mean, exponent);
  scaling.scale = std::ldexp(scaling.robust ? spread : deviation, exponent);
  scaling.median = std::ldexp(median, exponent);
  return learnt;
}

}  // namespace downhill::detail
