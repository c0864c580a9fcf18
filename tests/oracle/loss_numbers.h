#pragma once
#include "tests/oracle/losses.h"

// Losses of numbers and of distributions, as their papers write them.

namespace oracle {

inline Real log_cosh(Real p, Real y) { return log(cosh(p - y)); }
/// Hartley and Zisserman, appendix 6.8.
inline Real pseudo_huber(Real p, Real y, Real delta) {
  const Real q = (p - y) / delta;
  return delta * delta * (sqrt(1 + q * q) - 1);
}
inline Real lp(Real p, Real y, Real power) { return pow(fabs(p - y), power); }
/// Newey and Powell (1987).
inline Real expectile(Real p, Real y, Real q) {
  return fabs(q - (y < p ? 1 : 0)) * (y - p) * (y - p);
}
inline Real epsilon_insensitive(Real p, Real y, Real epsilon) {
  return std::max(Real(0), fabs(p - y) - epsilon);
}
/// Zellner (1986), equation 2.1 with b = 1.
inline Real linex(Real p, Real y, Real a) { return exp(a * (p - y)) - a * (p - y) - 1; }
inline Real mape(Real p, Real y, Real eps) { return 100 * fabs((p - y) / std::max(fabs(y), eps)); }
inline Real smape(Real p, Real y) { return 100 * fabs(p - y) / ((fabs(p) + fabs(y)) / 2); }
inline Real msle(Real p, Real y) {
  const Real r = log(1 + p) - log(1 + y);
  return r * r;
}
inline Real cauchy(Real p, Real y, Real c) {
  return c * c / 2 * log(1 + (p - y) * (p - y) / (c * c));
}
inline Real tukey(Real p, Real y, Real c) {
  const Real q = std::min(Real(1), fabs(p - y) / c);
  return c * c / 6 * (1 - pow(1 - q * q, Real(3)));
}
inline Real welsch(Real p, Real y, Real c) {
  return c * c / 2 * (1 - exp(-(p - y) * (p - y) / (c * c)));
}
inline Real geman_mcclure(Real p, Real y, Real c) {
  const Real s = (p - y) * (p - y);
  return c * c / 2 * s / (c * c + s);
}
inline Real fair(Real p, Real y, Real c) {
  const Real q = fabs(p - y) / c;
  return c * c * (q - log(1 + q));
}
/// Barron (2019), equation 8.
inline Real barron(Real p, Real y, Real alpha, Real c) {
  const Real s = (p - y) * (p - y) / (c * c);
  if (alpha == 2) return s / 2;
  if (alpha == 0) return log(s / 2 + 1);
  const Real b = fabs(alpha - 2);
  return b / alpha * (pow(s / b + 1, alpha / 2) - 1);
}

// Minus the logarithms of densities and of probabilities.
inline Real laplace_nll(Real location, Real scale, Real y) {
  return -log(exp(-fabs(y - location) / scale) / (2 * scale));
}
inline Real student_t_nll(Real location, Real scale, Real y, Real df) {
  const Real z = (y - location) / scale;
  return -(lgamma((df + 1) / 2) - lgamma(df / 2) - log(df * pi()) / 2 - log(scale) -
           (df + 1) / 2 * log(1 + z * z / df));
}
inline Real gamma_nll(Real mean, Real shape, Real y) {
  const Real rate = shape / mean;
  return -(shape * log(rate) - lgamma(shape) + (shape - 1) * log(y) - rate * y);
}
inline Real log_normal_nll(Real location, Real scale, Real y) {
  return log(y) + gaussian_nll(location, scale * scale, log(y), true);
}
inline Real beta_nll(Real log_odds, Real precision, Real y) {
  const Real m = 1 / (1 + exp(-log_odds)), a = m * precision, b = (1 - m) * precision;
  return lgamma(a) + lgamma(b) - lgamma(a + b) - (a - 1) * log(y) - (b - 1) * log(1 - y);
}
inline Real negative_binomial_nll(Real mean, Real dispersion, Real y) {
  const Real r = 1 / dispersion, p = r / (r + mean);
  return -(lgamma(y + r) - lgamma(r) - lgamma(y + 1) + r * log(p) + y * log(1 - p));
}
inline Real zero_inflated_poisson(Real rate, Real log_odds, Real y) {
  const Real q = 1 / (1 + exp(-log_odds));
  if (y == 0) return -log(q + (1 - q) * exp(-rate));
  return -(log(1 - q) - rate + y * log(rate) - lgamma(y + 1));
}
inline Real tweedie(Real x, Real y, Real power, bool log_input) {
  const Real m = log_input ? exp(x) : x;
  return -y * pow(m, 1 - power) / (1 - power) + pow(m, 2 - power) / (2 - power);
}
inline Real weibull_nll(Real scale, Real shape, Real y) {
  return -log(shape / scale * pow(y / scale, shape - 1) * exp(-pow(y / scale, shape)));
}
/// Gneiting et al. (2005), equation 5.
inline Real crps_normal(Real mean, Real scale, Real y) {
  const Real z = (y - mean) / scale;
  const Real density = exp(-z * z / 2) / sqrt(2 * pi()), share = erfc(-z / sqrt(Real(2))) / 2;
  return scale * (z * (2 * share - 1) + 2 * density - 1 / sqrt(pi()));
}

}  // namespace oracle
