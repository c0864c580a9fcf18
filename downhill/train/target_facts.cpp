#include <algorithm>
#include <cmath>
#include <numbers>

#include "downhill/train/detail/families.h"

namespace downhill::detail {
namespace {

constexpr double kCoarse = 0.02;  // a step of that share of the deviation is worth a cell

// The largest of 1, 2, 5 times a power of 10 whose multiples all numbers are.
double step_of(const std::vector<double>& y, double deviation) {
  if (!(deviation > 0)) return 0;
  double largest = 0;
  for (const double v : y) largest = std::max(largest, std::abs(v));
  for (int power = static_cast<int>(std::floor(std::log10(largest)));; --power)
    for (const double times : {5.0, 2.0, 1.0}) {
      const double step = times * std::pow(10.0, power);
      if (step < kCoarse * deviation) return 0;
      const bool all = std::ranges::all_of(y, [&](double v) {
        const double n = v / step;
        return n == 0 || std::abs(n - std::round(n)) < 1e-6 * std::min(1.0, std::abs(n));
      });
      if (all) return step;
    }
  return 0;
}

/// The log of the scale at which errors are likeliest under a density of u = error / scale.
template <class LogDensity>
std::pair<double, double> likeliest(const std::vector<double>& errors,
                                    const std::vector<double>& weights, double around,
                                    LogDensity log_density) {
  const auto at = [&](double log_scale) {
    const double scale = std::exp(log_scale);
    double sum = 0;
    for (std::size_t i = 0; i < errors.size(); ++i)
      sum += weights[i] * (log_density(errors[i] / scale) - log_scale);
    return sum;
  };
  double low = around - 3, high = around + 3;
  for (int i = 0; i < 40; ++i) {
    const double a = low + (high - low) / 3, b = high - (high - low) / 3;
    (at(a) < at(b) ? low : high) = at(a) < at(b) ? a : b;
  }
  const double best = (low + high) / 2;
  return {best, at(best)};
}

}  // namespace

TargetFacts facts_of(const std::vector<double>& y) {
  TargetFacts f;
  const auto n = static_cast<double>(y.size());
  f.rows = static_cast<std::int64_t>(y.size());
  f.low = *std::ranges::min_element(y);
  f.high = *std::ranges::max_element(y);
  for (const double v : y) f.mean += v / n;
  double cubes = 0, fourths = 0, zeros = 0, ones = 0;
  for (const double v : y) f.variance += (v - f.mean) * (v - f.mean) / n;
  const double deviation = std::sqrt(f.variance);
  for (const double v : y) {
    const double u = (v - f.mean) / deviation;
    cubes += u * u * u / n;
    fourths += u * u * u * u / n;
    zeros += v == 0 ? 1 : 0;
    ones += v == 1 ? 1 : 0;
  }
  f.skewness = cubes;
  f.kurtosis = fourths - 3;
  f.zeros = zeros / n;
  f.ones = ones / n;
  f.whole =
      std::ranges::all_of(y, [](double v) { return v == std::floor(v) && std::abs(v) < 0x1p53; });
  f.step = step_of(y, deviation);
  return f;
}

ErrorShape shape_of(const std::vector<double>& errors, const std::vector<double>& weights) {
  std::vector<double> sizes;
  for (const double e : errors) sizes.push_back(std::abs(e));
  std::ranges::sort(sizes);
  const double middle = std::max(1.4826 * sizes[sizes.size() / 2], 1e-12 * sizes.back() + 1e-300);
  const double around = std::log(middle);
  ErrorShape best;
  double most = -INFINITY;
  for (const double df : {1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 10.0}) {
    const double constant =
        std::lgamma((df + 1) / 2) - std::lgamma(df / 2) - 0.5 * std::log(df * std::numbers::pi);
    const auto density = [&](double u) { return constant - (df + 1) / 2 * std::log1p(u * u / df); };
    const double value = likeliest(errors, weights, around, density).second;
    if (value > most) most = value, best.df = df;
  }
  most = -INFINITY;
  for (const double k : {0.5, 0.7, 1.0, 1.345, 2.0}) {
    const double constant =
        -std::log(std::sqrt(2 * std::numbers::pi) * std::erf(k / std::sqrt(2.0)) +
                  2 / k * std::exp(-k * k / 2));
    const auto density = [&](double u) {
      const double a = std::abs(u);
      return constant - (a <= k ? a * a / 2 : k * a - k * k / 2);
    };
    const auto [log_scale, value] = likeliest(errors, weights, around, density);
    if (value > most) most = value, best.delta = k, best.scale = std::exp(log_scale);
  }
  return best;
}

double tweedie_log_density(double y, double mean, double dispersion, double power) {
  const double rate = std::pow(mean, 2 - power) / (dispersion * (2 - power));
  if (y == 0) return -rate;
  const double shape = (2 - power) / (power - 1);
  const double scale = dispersion * (power - 1) * std::pow(mean, power - 1);
  // The sum over the number of events, around its largest term, in logarithms.
  const double slope = std::log(rate) + shape * std::log(y / scale);
  double top = -INFINITY, sum = 0;
  for (int events = 1; events < 10000; ++events) {
    const double n = events;
    const double term = n * slope - std::lgamma(n + 1) - std::lgamma(n * shape);
    if (term > top) {
      sum = sum * std::exp(top - term) + 1;
      top = term;
    } else {
      sum += std::exp(term - top);
      if (term < top - 40) break;
    }
  }
  return top + std::log(sum) - rate - y / scale - std::log(y);
}

}  // namespace downhill::detail
