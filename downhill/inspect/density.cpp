#include "downhill/inspect/density.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "downhill/autodiff/detail/recurrence.h"
#include "downhill/autodiff/symmetric_eigen.h"
#include "downhill/core/error.h"
#include "downhill/core/random.h"

namespace downhill {
namespace {

using flat::Vector;

/// A probability measure on points: one probe's picture of the spectrum.
struct Quadrature {
  Vector nodes, weights;

  double density(double t, double width) const {
    double sum = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const double z = (t - nodes[i]) / width;
      sum += weights[i] * std::exp(-0.5 * z * z);
    }
    return sum / (width * std::sqrt(2 * std::numbers::pi));
  }
  template <class F>
  double share(F inside) const {
    double sum = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (inside(nodes[i])) sum += weights[i];
    return sum;
  }
};

void check(const char* option, bool good, const char* expected) {
  if (!good) throw_usage("spectral_density", std::string(option) + " must be " + expected);
}

void check(std::int64_t dimension, const DensityOptions& o) {
  check("dimension", dimension >= 1, "at least 1");
  check("probes", o.probes >= 2, "at least 2");
  check("steps", o.steps >= 2, "at least 2");
  check("points", o.points >= 2, "at least 2");
  check("width", o.width >= 0 && std::isfinite(o.width), "finite and not negative");
  check("zero", o.zero >= 0 && o.zero < 1, "in [0, 1)");
}

Quadrature of_probe(const LinearOperator& symmetric, std::int64_t dimension, int steps,
                    std::uint64_t seed, std::uint64_t probe) {
  Random random(seed, probe);
  Vector start(static_cast<std::size_t>(dimension));
  for (double& x : start) x = random.normal();
  detail::Recurrence recurrence(symmetric, std::move(start), seed + probe);
  while (recurrence.steps() < steps && recurrence.advance() && !recurrence.broke_down()) {
  }
  const detail::TridiagonalEigen eigen = recurrence.eigen();
  Quadrature result{eigen.values, {}};
  for (const Vector& v : eigen.vectors) result.weights.push_back(v.front() * v.front());
  return result;
}

std::vector<Quadrature> all_probes(const LinearOperator& symmetric, std::int64_t dimension,
                                   const DensityOptions& options, Density& result) {
  result.exact = dimension <= std::int64_t{options.probes} * options.steps;
  if (result.exact) {
    const Vector values = symmetric_eigen(symmetric, dimension).values;
    result.products = static_cast<int>(dimension);
    return {{values, Vector(values.size(), 1.0 / static_cast<double>(values.size()))}};
  }
  std::vector<Quadrature> probes;
  for (int i = 0; i < options.probes; ++i) {
    probes.push_back(
        of_probe(symmetric, dimension, options.steps, options.seed, static_cast<std::uint64_t>(i)));
    result.products += static_cast<int>(probes.back().nodes.size());
  }
  return probes;
}

template <class F>
Estimate over(const std::vector<Quadrature>& probes, F figure) {
  Vector samples;
  for (const Quadrature& probe : probes) samples.push_back(figure(probe));
  return samples.size() == 1 ? exactly(samples[0]) : mean_of(samples);
}

}  // namespace

double Density::operator()(double t) const { return Quadrature{nodes, weights}.density(t, width); }

Density spectral_density(const LinearOperator& symmetric, std::int64_t dimension,
                         const DensityOptions& options) {
  check(dimension, options);
  Density result;
  const std::vector<Quadrature> probes = all_probes(symmetric, dimension, options, result);
  result.low = std::numeric_limits<double>::infinity();
  result.high = -result.low;
  for (const Quadrature& probe : probes) {
    result.low = std::min(result.low, *std::ranges::min_element(probe.nodes));
    result.high = std::max(result.high, *std::ranges::max_element(probe.nodes));
    for (std::size_t i = 0; i < probe.nodes.size(); ++i) {
      result.nodes.push_back(probe.nodes[i]);
      result.weights.push_back(probe.weights[i] / static_cast<double>(probes.size()));
    }
  }
  const double scale = std::max(std::abs(result.low), std::abs(result.high));
  const double resolved =
      (result.high - result.low) / ((options.steps - 1) * std::sqrt(8 * std::log(3.0)));
  // One eigenvalue alone, or an operator of zeros, has no range of its own.
  const double least = scale > 0 ? 1e-6 * scale : 1;
  result.width = options.width > 0 ? options.width : std::max(resolved, least);
  result.cut = options.zero * scale;

  result.negative = over(probes, [&](const Quadrature& probe) {
    return probe.share([&](double x) { return x < -result.cut; });
  });
  result.zero = over(probes, [&](const Quadrature& probe) {
    return probe.share([&](double x) { return std::abs(x) <= result.cut; });
  });
  result.positive = over(probes, [&](const Quadrature& probe) {
    return probe.share([&](double x) { return x > result.cut; });
  });
  const double from = result.low - 4 * result.width, to = result.high + 4 * result.width;
  for (int i = 0; i < options.points; ++i) {
    const double t = from + (to - from) * i / (options.points - 1);
    const Estimate here =
        over(probes, [&](const Quadrature& probe) { return probe.density(t, result.width); });
    result.at.push_back(t);
    result.density.push_back(here.value);
    const double reach = here.value > 0 ? std::exp((here.high - here.value) / here.value) : 1;
    result.density_low.push_back(here.value / reach);
    result.density_high.push_back(here.value * reach);
  }
  return result;
}

}  // namespace downhill
