#include "downhill/autodiff/lanczos.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "downhill/autodiff/detail/recurrence.h"
#include "downhill/core/error.h"

namespace downhill {
namespace {

using detail::Recurrence;
using detail::TridiagonalEigen;
using flat::Vector;

// Below this part of the largest |Ritz value| a value is as good as 0, and its residual is held
// against the largest.
constexpr double kSmall = 1e-3;

Vector start_vector(std::int64_t dimension, const LanczosOptions& options) {
  if (dimension < 1) throw_usage("lanczos", "the dimension is 0; expected at least 1");
  if (options.steps < 1) throw_usage("lanczos", "steps must be at least 1");
  if (!(options.tolerance >= 0)) throw_usage("lanczos", "tolerance must not be negative");
  if (options.start.empty()) {
    Vector start(static_cast<std::size_t>(dimension));
    Random random(options.seed);
    for (double& x : start) x = random.normal();
    return start;
  }
  if (static_cast<std::int64_t>(options.start.size()) != dimension)
    throw_usage("lanczos", "the start vector has " + std::to_string(options.start.size()) +
                               " elements; expected " + std::to_string(dimension));
  if (!flat::all_finite(options.start))
    throw NumericError("[lanczos] the start vector holds numbers that are not finite");
  if (flat::length(options.start) == 0)
    throw_usage("lanczos", "the start vector is zero; expected a direction");
  return options.start;
}

double largest_magnitude(const Vector& rising) {
  return std::max(std::abs(rising.front()), std::abs(rising.back()));
}

double estimate(const Recurrence& recurrence, const Vector& coordinates) {
  return std::abs(recurrence.last_beta() * coordinates.back());
}

bool ends_converged(const Recurrence& recurrence, const TridiagonalEigen& eigen, double tolerance) {
  const double scale = largest_magnitude(eigen.values);
  const auto close = [&](std::size_t i) {
    return estimate(recurrence, eigen.vectors[i]) <=
           tolerance * std::max(std::abs(eigen.values[i]), kSmall * scale);
  };
  return close(0) && close(eigen.values.size() - 1);
}

RitzPair ritz_pair(const LinearOperator& symmetric, const Recurrence& recurrence,
                   const TridiagonalEigen& eigen, std::size_t i) {
  RitzPair pair{eigen.values[i], recurrence.combine(eigen.vectors[i]),
                estimate(recurrence, eigen.vectors[i]), 0};
  Vector rest = symmetric(pair.vector);
  const double factor = -pair.value;
  flat::add_combination(rest, {pair.vector}, {&factor, 1});
  pair.recomputed = flat::length(rest);
  return pair;
}

}  // namespace

Lanczos lanczos(const LinearOperator& symmetric, std::int64_t dimension,
                const LanczosOptions& options) {
  Recurrence recurrence(symmetric, start_vector(dimension, options), options.seed);
  TridiagonalEigen eigen;
  Lanczos result;
  while (recurrence.steps() < options.steps && recurrence.advance()) {
    if (recurrence.exhausted() || (recurrence.broke_down() && !options.restart)) break;
    // Once a subspace was used up its residuals are 0 and say nothing of the rest of the space.
    if (options.tolerance == 0 || recurrence.steps() < options.least_steps ||
        recurrence.restarts() > 0 || recurrence.broke_down())
      continue;
    eigen = recurrence.eigen();
    if (ends_converged(recurrence, eigen, options.tolerance)) {
      result.converged = true;
      break;
    }
  }
  eigen = recurrence.eigen();
  result.steps = recurrence.steps();
  result.restarts = recurrence.restarts();
  result.exhausted = recurrence.exhausted();
  result.converged = result.converged || result.exhausted ||
                     (result.restarts == 0 && ends_converged(recurrence, eigen, options.tolerance));
  result.values = eigen.values;
  for (const Vector& v : eigen.vectors) result.weights.push_back(v.front() * v.front());
  const double scale = largest_magnitude(eigen.values);
  result.asymmetry = scale > 0 ? recurrence.asymmetry() / scale : recurrence.asymmetry();
  result.smallest = ritz_pair(symmetric, recurrence, eigen, 0);
  result.largest = ritz_pair(symmetric, recurrence, eigen, eigen.values.size() - 1);
  return result;
}

KrylovModel krylov_model(const LinearOperator& hessian, const std::vector<double>& gradient,
                         int steps, double cut) {
  if (steps < 1) throw_usage("krylov_model", "steps must be at least 1");
  if (!(cut >= 0)) throw_usage("krylov_model", "cut must not be negative");
  if (!flat::all_finite(gradient))
    throw NumericError("[krylov_model] the gradient holds numbers that are not finite");
  KrylovModel model;
  model.step.resize(gradient.size());
  const double norm = flat::length(gradient);
  if (norm == 0) return model;

  Recurrence recurrence(hessian, gradient, 0);
  while (recurrence.steps() < steps && recurrence.advance() && !recurrence.broke_down()) {
  }
  const TridiagonalEigen eigen = recurrence.eigen();
  const double zero = cut * largest_magnitude(eigen.values);
  Vector coordinates(eigen.values.size());
  for (std::size_t i = 0; i < eigen.values.size(); ++i) {
    const double value = eigen.values[i], share = eigen.vectors[i].front();
    model.shares.push_back(share * share);
    if (value > zero) {
      model.decrease += 0.5 * (norm * share / value) * (norm * share);
      for (std::size_t j = 0; j < coordinates.size(); ++j)
        coordinates[j] -= norm * share / value * eigen.vectors[i][j];
    } else {
      model.unbounded_share += share * share;
    }
  }
  model.steps = recurrence.steps();
  model.step = recurrence.combine(coordinates);
  model.values = eigen.values;
  return model;
}

}  // namespace downhill
