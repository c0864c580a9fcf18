#pragma once
#include <limits>
#include <numbers>

#include "downhill/formula/dual.h"

// Mathematics on dual numbers. Each line: the value, then the slope.

namespace downhill {
inline namespace DOWNHILL_LEVEL {
namespace lane_detail {
/// The chain rule where the slope may be infinite: in a direction in which x does not move, nothing
/// moves there either.
template <class N, int K>
Dual<N, K> chain_steep(const Dual<N, K>& x, const N& value, const N& slope) {
  Dual<N, K> r = chain(x, value, slope);
  const auto infinite = abs(bottom(slope)) == std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < r.d.size(); ++k)
    r.d[k] = where(infinite && bottom(x.d[k]) == 0.0, N(0.0), r.d[k]);
  return r;
}
}  // namespace lane_detail

template <AnyDual D>
D exp(const D& x) {
  const auto e = exp(x.v);
  return lane_detail::chain(x, e, e);
}
template <AnyDual D>
D expm1(const D& x) {
  return lane_detail::chain(x, expm1(x.v), exp(x.v));
}
template <AnyDual D>
D log(const D& x) {
  return lane_detail::chain(x, log(x.v), 1.0 / x.v);
}
template <AnyDual D>
D log1p(const D& x) {
  return lane_detail::chain(x, log1p(x.v), 1.0 / (1.0 + x.v));
}
template <AnyDual D>
D sin(const D& x) {
  return lane_detail::chain(x, sin(x.v), cos(x.v));
}
template <AnyDual D>
D cos(const D& x) {
  return lane_detail::chain(x, cos(x.v), -sin(x.v));
}
template <AnyDual D>
D atan(const D& x) {
  return lane_detail::chain(x, atan(x.v), 1.0 / (1.0 + x.v * x.v));
}
/// Slope 0 at 0.
template <AnyDual D>
D abs(const D& x) {
  using N = typename D::Inner;
  return lane_detail::chain(x, abs(x.v), N(sign(x.v)));
}
template <AnyDual D>
D sign(const D& x) {
  return D(sign(x.v));
}
template <AnyDual D>
D floor(const D& x) {
  return D(floor(x.v));
}
template <AnyDual D>
D sqrt(const D& x) {
  const auto s = sqrt(x.v);
  return lane_detail::chain_steep(x, s, 0.5 / s);
}
template <AnyDual D>
D tanh(const D& x) {
  const auto t = tanh(x.v);
  return lane_detail::chain(x, t, 1.0 - t * t);
}
template <AnyDual D>
D erf(const D& x) {
  return lane_detail::chain(x, erf(x.v), 2 * std::numbers::inv_sqrtpi * exp(-(x.v * x.v)));
}

template <class A, class B>
requires DualPair<A, B>
auto max(const A& a, const B& b) { return where(a <= b, b, where(b < a, a, a + b)); }
template <class A, class B>
requires DualPair<A, B>
auto min(const A& a, const B& b) { return where(b <= a, b, where(a < b, a, a + b)); }
template <class T>
Lanes<T> max(Lanes<T> a, double b) {
  return max(a, Lanes<T>(b));
}
template <class T>
Lanes<T> max(double a, Lanes<T> b) {
  return max(Lanes<T>(a), b);
}
template <class T>
Lanes<T> min(Lanes<T> a, double b) {
  return min(a, Lanes<T>(b));
}
template <class T>
Lanes<T> min(double a, Lanes<T> b) {
  return min(Lanes<T>(a), b);
}

/// x^n, n constant: slope n x^(n-1).
template <AnyDual D>
D pow(const D& x, double n) {
  using N = typename D::Inner;
  if (n == 0) return D(1.0);
  const N value = pow(x.v, n), slope = n * pow(x.v, n - 1);
  return n < 1 ? lane_detail::chain_steep(x, value, slope) : lane_detail::chain(x, value, slope);
}
namespace lane_detail {
/// The slope of a^b by a: b a^(b-1); 0 where both are 0, since a^0 is 1 for every a, 0 as well.
template <class N>
N power_by_base(const N& a, const N& b) {
  return where(bottom(a) == 0.0 && bottom(b) == 0.0, N(0.0), b * pow(a, b - 1.0));
}
}  // namespace lane_detail
/// a^b with b moving too: a^b (b' log a + b a'/a), with 0 log 0 = 0. The logarithm of a base below
/// 0 is none, and no matter where the exponent does not move.
template <class N, int K>
Dual<N, K> pow(const Dual<N, K>& a, const Dual<N, K>& b) {
  using lane_detail::bottom;
  const N by_base = lane_detail::power_by_base(a.v, b.v), value = pow(a.v, b.v);
  const N by_exponent = where(bottom(a.v) == 0.0, N(0.0), value * log(a.v));
  Dual<N, K> r = lane_detail::chain_steep(a, value, by_base);
  for (std::size_t k = 0; k < r.d.size(); ++k)
    r.d[k] =
        r.d[k] + where(bottom(a.v) < 0.0 && bottom(b.d[k]) == 0.0, N(0.0), by_exponent * b.d[k]);
  return r;
}
template <AnyDual D, Number C>
requires ConstantFor<C, D> D pow(const D& a, const C& b) {
  using N = typename D::Inner;
  return lane_detail::chain_steep(a, N(pow(a.v, N(b))), lane_detail::power_by_base(a.v, N(b)));
}
template <AnyDual D, ConstantFor<D> C>
D pow(const C& a, const D& b) {
  return pow(D(typename D::Inner(a)), b);
}
template <class T>
Lanes<T> pow(double a, Lanes<T> b) {
  return pow(Lanes<T>(a), b);
}

// Compositions that would lose digits or overflow if written naively.

/// 1 / (1 + e^-x), without overflow on either side. Slope s (1 - s).
template <class T>
Lanes<T> sigmoid(Lanes<T> x) {
  const Lanes<T> e = exp(-abs(x));
  return where(x >= Lanes<T>(0.0), Lanes<T>(1.0), e) / (Lanes<T>(1.0) + e);
}
template <AnyDual D>
D sigmoid(const D& x) {
  // The second factor as sigmoid(-x): 1 - s would lose every digit for large x.
  const auto s = sigmoid(x.v);
  return lane_detail::chain(x, s, s * sigmoid(-x.v));
}
/// log(1 + e^x). Slope sigmoid(x).
template <class T>
Lanes<T> softplus(Lanes<T> x) {
  return where(x > Lanes<T>(0.0), x, Lanes<T>(0.0)) + log1p(exp(-abs(x)));
}
template <AnyDual D>
D softplus(const D& x) {
  return lane_detail::chain(x, softplus(x.v), sigmoid(x.v));
}
/// The number without its derivatives: a constant to everything that differentiates.
template <Number N>
auto value_only(const N& x) {
  return lane_detail::bottom(x);
}
/// Another value with the derivatives of x: a clamp that lets the gradient pass.
template <class T>
Lanes<T> with_value(const Lanes<T>&, const Lanes<T>& value) {
  return value;
}
template <AnyDual D, Number V>
D with_value(const D& x, const V& value) {
  D r = x;
  r.v = with_value(x.v, value);
  return r;
}
template <Number N>
N square(const N& x) {
  return x * x;
}

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
