#include "downhill/inspect/gradient_noise.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "downhill/core/error.h"

namespace downhill {
namespace {

constexpr std::size_t kLeast = 8;

/// |G|^2 and tr Sigma without bias, from sums over m batches of b rows.
struct Moments {
  double gradient2, variance;

  Moments(double mean2, double squares, double m, double b) {
    variance = b * std::max(0.0, squares - m * mean2) / (m - 1);
    gradient2 = mean2 - variance / (m * b);
  }
};

// Signal over noise has a jackknife interval that may reach below 0; the noise scale is its inverse,
// and infinite there.
Estimate noise_scale(const std::vector<double>& own2, const std::vector<double>& along,
                     double mean2, double b, const Moments& all) {
  const auto m = static_cast<double>(own2.size());
  double squares = 0;
  for (const double x : own2) squares += x;
  const double whole = all.gradient2 / all.variance;
  std::vector<double> pseudo;
  for (std::size_t i = 0; i < own2.size(); ++i) {
    const double rest2 = (m * m * mean2 - 2 * m * along[i] + own2[i]) / ((m - 1) * (m - 1));
    const Moments without(rest2, squares - own2[i], m - 1, b);
    pseudo.push_back(m * whole - (m - 1) * without.gradient2 / without.variance);
  }
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  // All noise comes from one batch: nothing is known of it.
  if (!flat::all_finite(pseudo))
    return {whole > 0 ? 1 / whole : kInfinite, kInfinite, 0, kInfinite,
            static_cast<int>(own2.size())};
  const Estimate signal = mean_of(pseudo);
  const auto inverse = [](double x) { return x > 0 ? 1 / x : kInfinite; };
  const double value = inverse(whole);
  return {value, value * value * signal.standard_error, inverse(signal.high), inverse(signal.low),
          signal.samples};
}

std::vector<double> gradient_of(const Objective::Part& part, const Tensors& parameters) {
  std::vector<double> g = flatten(gradients(part(), parameters));
  if (!flat::all_finite(g))
    throw NumericError("[gradient_noise] a gradient holds numbers that are not finite");
  return g;
}

}  // namespace

std::int64_t GradientNoise::suggested_batch() const {
  const double most = static_cast<double>(std::max<std::int64_t>(rows, 1));
  const double wanted = std::clamp(noise_scale.value, 1.0, most);
  const int power = static_cast<int>(std::floor(std::log2(wanted) + 0.5));
  return std::int64_t{1} << std::min(power, static_cast<int>(std::floor(std::log2(most))));
}

GradientNoise gradient_noise(const std::vector<Objective::Part>& batches, std::int64_t batch,
                             const Tensors& parameters) {
  if (batches.size() < kLeast)
    throw_usage("gradient_noise", "there are " + std::to_string(batches.size()) +
                                      " batches; expected at least " + std::to_string(kLeast));
  if (batch < 1) throw_usage("gradient_noise", "batch must be at least 1");
  const auto m = static_cast<double>(batches.size()), b = static_cast<double>(batch);
  std::vector<double> mean, own2, along;
  for (const Objective::Part& part : batches) {
    const std::vector<double> g = gradient_of(part, parameters);
    own2.push_back(flat::dot(g, g));
    if (mean.empty()) mean.resize(g.size());
    flat::add(mean, 1 / m, g);
  }
  for (const Objective::Part& part : batches)
    along.push_back(flat::dot(gradient_of(part, parameters), mean));

  const double mean2 = flat::dot(mean, mean);
  double squares = 0, inner = 0;
  for (const double x : own2) squares += x;
  for (const double x : along) inner += (x - mean2) * (x - mean2) / (m - 1);
  const Moments all(mean2, squares, m, b);
  GradientNoise result;
  result.rows = batch * static_cast<std::int64_t>(batches.size());
  result.batch = batch;
  result.batches = static_cast<int>(batches.size());
  result.gradient_norm2 = std::max(0.0, all.gradient2);
  result.variance = all.variance;
  result.noise_scale = all.variance > 0 ? noise_scale(own2, along, mean2, b, all) : exactly(0);
  if (!(mean2 > 0) && !(all.variance > 0)) return result;  // every gradient is 0
  result.signal_to_noise = result.gradient_norm2 * b / all.variance;
  result.norm_test = std::sqrt(all.variance / b / result.gradient_norm2);
  result.inner_test = std::sqrt(inner) / result.gradient_norm2;
  return result;
}

}  // namespace downhill
