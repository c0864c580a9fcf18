#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

// The losses as their papers write them, in long double: slow and plain, and nothing of the
// library. Each takes one item (element, row or region).

namespace oracle {

using Real = long double;
using Row = std::vector<Real>;

inline Real mse(Real p, Real y) { return (p - y) * (p - y); }
inline Real mae(Real p, Real y) { return std::fabs(p - y); }

/// Huber (1964): quadratic up to delta, then linear.
inline Real huber(Real p, Real y, Real delta) {
  const Real r = std::fabs(p - y);
  return r <= delta ? r * r / 2 : delta * (r - delta / 2);
}

/// -w y log p - (1 - y) log(1 - p) with p = 1 / (1 + e^-x), each logarithm where it does not
/// overflow.
inline Real bce_with_logits(Real x, Real y, Real pos_weight) {
  const Real log_p = x > 0 ? -std::log1p(std::exp(-x)) : x - std::log1p(std::exp(x));
  const Real log_q = x > 0 ? -x - std::log1p(std::exp(-x)) : -std::log1p(std::exp(x));
  return -pos_weight * y * log_p - (1 - y) * log_q;
}

/// Nix and Weigend (1994).
inline Real gaussian_nll(Real mean, Real variance, Real y, bool full) {
  const Real pi = std::acos(Real(-1));
  return (std::log(variance) + (mean - y) * (mean - y) / variance + (full ? std::log(2 * pi) : 0)) /
         2;
}

/// sum_c w_c q_c (-log softmax(x)_c) with smoothed target shares q.
inline Real cross_entropy(const Row& x, const Row& target, Real smoothing, const Row& weight) {
  const Real largest = *std::max_element(x.begin(), x.end());
  Real total = 0, loss = 0;
  for (const Real v : x) total += std::exp(v - largest);
  for (std::size_t c = 0; c < x.size(); ++c) {
    const Real q = (1 - smoothing) * target[c] + smoothing / static_cast<Real>(x.size());
    loss += (weight.empty() ? 1 : weight[c]) * q * (std::log(total) + largest - x[c]);
  }
  return loss;
}

/// Sudre et al. (2017), equation 2, for one region.
inline Real dice(const Row& p, const Row& y, Real smooth) {
  Real both = 0, sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    both += p[i] * y[i];
    sum += p[i] + y[i];
  }
  return 1 - (2 * both + smooth) / (sum + smooth);
}

/// Schroff et al. (2015) with plain distances; eps is added to the differences.
inline Real triplet(const Row& anchor, const Row& positive, const Row& negative, Real margin,
                    Real eps) {
  Real near = 0, far = 0;
  for (std::size_t i = 0; i < anchor.size(); ++i) {
    near += (anchor[i] - positive[i] + eps) * (anchor[i] - positive[i] + eps);
    far += (anchor[i] - negative[i] + eps) * (anchor[i] - negative[i] + eps);
  }
  return std::max(Real(0), std::sqrt(near) - std::sqrt(far) + margin);
}

/// Derivatives of a function of one number by Ridders' extrapolation of central differences.
template <class F>
Real derivative(F f, Real x, Real step) {
  constexpr int kRows = 8;
  Real table[kRows][kRows];
  Real best = 0, error = 1e30L;
  for (int i = 0; i < kRows; ++i, step /= 2) {
    table[i][0] = (f(x + step) - f(x - step)) / (2 * step);
    Real power = 4;
    for (int j = 1; j <= i; ++j, power *= 4) {
      table[i][j] = (power * table[i][j - 1] - table[i - 1][j - 1]) / (power - 1);
      const Real change = std::max(std::fabs(table[i][j] - table[i][j - 1]),
                                   std::fabs(table[i][j] - table[i - 1][j - 1]));
      if (change <= error) {
        error = change;
        best = table[i][j];
      }
    }
  }
  return best;
}

}  // namespace oracle
