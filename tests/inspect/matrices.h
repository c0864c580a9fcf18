#pragma once
#include <cmath>
#include <utility>
#include <vector>

#include "downhill/autodiff/flat.h"
#include "downhill/core/random.h"

// Operators whose spectrum is known.

namespace downhill::testing_matrices {

using Vector = std::vector<double>;

inline double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

inline Vector random_vector(std::size_t n, std::uint64_t seed) {
  Random random(seed, 77);
  Vector v(n);
  for (double& x : v) x = random.normal();
  return v;
}

/// Q diag(eigenvalues) Q with the reflection Q = I - 2 u u' / u'u: dense, symmetric, and with these
/// eigenvalues exactly.
inline LinearOperator with_spectrum(Vector eigenvalues, std::uint64_t seed = 1) {
  Vector u = random_vector(eigenvalues.size(), seed);
  const auto reflect = [u, square = dot(u, u)](Vector v) {
    const double factor = 2 * dot(u, v) / square;
    for (std::size_t i = 0; i < v.size(); ++i) v[i] -= factor * u[i];
    return v;
  };
  return [reflect, d = std::move(eigenvalues)](const Vector& v) {
    Vector w = reflect(v);
    for (std::size_t i = 0; i < w.size(); ++i) w[i] *= d[i];
    return reflect(std::move(w));
  };
}

/// diag(eigenvalues).
inline LinearOperator diagonal(Vector eigenvalues) {
  return [d = std::move(eigenvalues)](const Vector& v) {
    Vector w = v;
    for (std::size_t i = 0; i < w.size(); ++i) w[i] *= d[i];
    return w;
  };
}

/// low, low + step, ..., n of them.
inline Vector range(std::size_t n, double low, double step) {
  Vector v(n);
  for (std::size_t i = 0; i < n; ++i) v[i] = low + step * static_cast<double>(i);
  return v;
}

}  // namespace downhill::testing_matrices
