#pragma once
#include <array>
#include <cstddef>
#include <numbers>
#include <type_traits>

#include "downhill/formula/lanes.h"

// Dual numbers: a value and its derivatives in K directions, carried through a formula together.
//
//     (a, a') + (b, b') = (a + b, a' + b')        (a, a') (b, b') = (a b, a' b + a b')
//     f((a, a')) = (f(a), f'(a) a')
//
// Dual<Lanes> gives first derivatives, Dual<Dual<Lanes>> second ones, exact to rounding. What is
// lower in this tower (a double, the lanes below) is a constant and multiplies nothing by zero.

namespace downhill {
inline namespace DOWNHILL_LEVEL {

template <class N, int K = 1>
struct Dual {
  using Value = typename N::Value;
  using Inner = N;
  static constexpr int directions = K;

  N v;
  std::array<N, static_cast<std::size_t>(K)> d;

  Dual() = default;
  Dual(double constant) : v(constant) { d.fill(N(0.0)); }
  explicit Dual(N value) : v(value) { d.fill(N(0.0)); }
  Dual(N value, std::array<N, static_cast<std::size_t>(K)> slopes) : v(value), d(slopes) {}
};

namespace lane_detail {
template <class X>
struct Depth : std::integral_constant<int, -1> {};  // a plain constant
template <class T>
struct Depth<Lanes<T>> : std::integral_constant<int, 0> {};
template <class N, int K>
struct Depth<Dual<N, K>> : std::integral_constant<int, 1 + Depth<N>::value> {};

template <class X>
struct IsDual : std::false_type {};
template <class N, int K>
struct IsDual<Dual<N, K>> : std::true_type {};

template <class X>
inline constexpr bool is_constant = std::is_arithmetic_v<X>;
}  // namespace lane_detail

/// What a formula computes with: lanes, or duals of them.
template <class X>
concept Number = lane_detail::Depth<X>::value >= 0;

/// What may stand beside a dual D as a constant: an arithmetic value or a lower number.
template <class C, class D>
concept ConstantFor = lane_detail::is_constant<C> ||
                      (Number<C> && (lane_detail::Depth<C>::value < lane_detail::Depth<D>::value));

template <class D>
concept AnyDual = lane_detail::IsDual<D>::value;

namespace lane_detail {
template <AnyDual D>
using Lower = typename D::Inner;

// f(x) with f' = slope: the chain rule.
template <class N, int K>
Dual<N, K> chain(const Dual<N, K>& x, const N& value, const N& slope) {
  Dual<N, K> r;
  r.v = value;
  for (std::size_t k = 0; k < static_cast<std::size_t>(K); ++k) r.d[k] = slope * x.d[k];
  return r;
}

template <class N, int K, class F>
Dual<N, K> each_slope(const Dual<N, K>& x, const N& value, F f) {
  Dual<N, K> r;
  r.v = value;
  for (std::size_t k = 0; k < static_cast<std::size_t>(K); ++k) r.d[k] = f(x.d[k]);
  return r;
}

// A constant in the type of the dual's value.
template <AnyDual D, class C>
auto value_of(const C& c) {
  if constexpr (is_constant<C>) return static_cast<double>(c);
  else return c;
}
}  // namespace lane_detail

template <class N, int K>
Dual<N, K> operator-(const Dual<N, K>& a) {
  return lane_detail::each_slope(a, -a.v, [](const N& d) { return -d; });
}
template <class N, int K>
Dual<N, K> operator+(const Dual<N, K>& a) { return a; }

template <class N, int K>
Dual<N, K> operator+(const Dual<N, K>& a, const Dual<N, K>& b) {
  Dual<N, K> r;
  r.v = a.v + b.v;
  for (std::size_t k = 0; k < r.d.size(); ++k) r.d[k] = a.d[k] + b.d[k];
  return r;
}
template <class N, int K>
Dual<N, K> operator-(const Dual<N, K>& a, const Dual<N, K>& b) {
  Dual<N, K> r;
  r.v = a.v - b.v;
  for (std::size_t k = 0; k < r.d.size(); ++k) r.d[k] = a.d[k] - b.d[k];
  return r;
}
template <class N, int K>
Dual<N, K> operator*(const Dual<N, K>& a, const Dual<N, K>& b) {
  Dual<N, K> r;
  r.v = a.v * b.v;
  for (std::size_t k = 0; k < r.d.size(); ++k) r.d[k] = a.d[k] * b.v + a.v * b.d[k];
  return r;
}
template <class N, int K>
Dual<N, K> operator/(const Dual<N, K>& a, const Dual<N, K>& b) {
  Dual<N, K> r;
  r.v = a.v / b.v;
  for (std::size_t k = 0; k < r.d.size(); ++k) r.d[k] = (a.d[k] - r.v * b.d[k]) / b.v;
  return r;
}

template <AnyDual D, ConstantFor<D> C>
D operator+(const D& a, const C& c) {
  D r = a;
  r.v = a.v + lane_detail::value_of<D>(c);
  return r;
}
template <AnyDual D, ConstantFor<D> C>
D operator+(const C& c, const D& a) { return a + c; }
template <AnyDual D, ConstantFor<D> C>
D operator-(const D& a, const C& c) {
  D r = a;
  r.v = a.v - lane_detail::value_of<D>(c);
  return r;
}
template <AnyDual D, ConstantFor<D> C>
D operator-(const C& c, const D& a) {
  using N = typename D::Inner;
  return lane_detail::each_slope(a, N(lane_detail::value_of<D>(c) - a.v), [](const N& d) { return -d; });
}
template <AnyDual D, ConstantFor<D> C>
D operator*(const D& a, const C& c) {
  using N = typename D::Inner;
  const auto k = lane_detail::value_of<D>(c);
  return lane_detail::each_slope(a, N(a.v * k), [&](const N& d) { return d * k; });
}
template <AnyDual D, ConstantFor<D> C>
D operator*(const C& c, const D& a) { return a * c; }
template <AnyDual D, ConstantFor<D> C>
D operator/(const D& a, const C& c) {
  using N = typename D::Inner;
  const auto k = lane_detail::value_of<D>(c);
  return lane_detail::each_slope(a, N(a.v / k), [&](const N& d) { return d / k; });
}
template <AnyDual D, ConstantFor<D> C>
D operator/(const C& c, const D& a) {
  using N = typename D::Inner;
  const N q = lane_detail::value_of<D>(c) / a.v;
  return lane_detail::each_slope(a, q, [&](const N& d) { return -(q * d) / a.v; });
}

// Comparisons look at the values; masks are masks of the lanes.
namespace lane_detail {
template <class X>
auto bottom(const X& x) {
  if constexpr (AnyDual<X>) return bottom(x.v);
  else if constexpr (is_constant<X>) return static_cast<double>(x);
  else return x;
}
}  // namespace lane_detail

template <class A, class B>
concept DualPair = (AnyDual<A> && (Number<B> || lane_detail::is_constant<B>)) ||
                   (AnyDual<B> && (Number<A> || lane_detail::is_constant<A>));

template <class A, class B> requires DualPair<A, B>
auto operator<(const A& a, const B& b) { return lane_detail::bottom(a) < lane_detail::bottom(b); }
template <class A, class B> requires DualPair<A, B>
auto operator<=(const A& a, const B& b) { return lane_detail::bottom(a) <= lane_detail::bottom(b); }
template <class A, class B> requires DualPair<A, B>
auto operator>(const A& a, const B& b) { return lane_detail::bottom(a) > lane_detail::bottom(b); }
template <class A, class B> requires DualPair<A, B>
auto operator>=(const A& a, const B& b) { return lane_detail::bottom(a) >= lane_detail::bottom(b); }
template <class A, class B> requires DualPair<A, B>
auto operator==(const A& a, const B& b) { return lane_detail::bottom(a) == lane_detail::bottom(b); }
template <class A, class B> requires DualPair<A, B>
auto operator!=(const A& a, const B& b) { return lane_detail::bottom(a) != lane_detail::bottom(b); }

/// Chooses value and derivatives together: what the branch not taken does cannot leak.
template <class T, class N, int K>
Dual<N, K> where(const Mask<T>& mask, const Dual<N, K>& yes, const Dual<N, K>& no) {
  Dual<N, K> r;
  r.v = where(mask, yes.v, no.v);
  for (std::size_t k = 0; k < r.d.size(); ++k) r.d[k] = where(mask, yes.d[k], no.d[k]);
  return r;
}
template <class T, AnyDual D, ConstantFor<D> C>
D where(const Mask<T>& mask, const D& yes, const C& no) {
  D r;
  r.v = where(mask, yes.v, lane_detail::value_of<D>(no));
  for (std::size_t k = 0; k < r.d.size(); ++k) r.d[k] = where(mask, yes.d[k], 0.0);
  return r;
}
template <class T, AnyDual D, ConstantFor<D> C>
D where(const Mask<T>& mask, const C& yes, const D& no) {
  D r;
  r.v = where(mask, lane_detail::value_of<D>(yes), no.v);
  for (std::size_t k = 0; k < r.d.size(); ++k) r.d[k] = where(mask, 0.0, no.d[k]);
  return r;
}

// Functions. Each line: the value, then the slope.
template <AnyDual D> D exp(const D& x) { const auto e = exp(x.v); return lane_detail::chain(x, e, e); }
template <AnyDual D> D expm1(const D& x) { return lane_detail::chain(x, expm1(x.v), exp(x.v)); }
template <AnyDual D> D log(const D& x) { return lane_detail::chain(x, log(x.v), 1.0 / x.v); }
template <AnyDual D> D log1p(const D& x) { return lane_detail::chain(x, log1p(x.v), 1.0 / (1.0 + x.v)); }
template <AnyDual D> D sin(const D& x) { return lane_detail::chain(x, sin(x.v), cos(x.v)); }
template <AnyDual D> D cos(const D& x) { return lane_detail::chain(x, cos(x.v), -sin(x.v)); }
/// Slope 0 at 0.
template <AnyDual D> D abs(const D& x) {
  using N = typename D::Inner;
  return lane_detail::chain(x, abs(x.v), N(sign(x.v)));
}
template <AnyDual D> D sign(const D& x) { return D(sign(x.v)); }
template <AnyDual D> D floor(const D& x) { return D(floor(x.v)); }
template <AnyDual D> D sqrt(const D& x) {
  const auto s = sqrt(x.v);
  return lane_detail::chain(x, s, 0.5 / s);
}
template <AnyDual D> D tanh(const D& x) {
  const auto t = tanh(x.v);
  return lane_detail::chain(x, t, 1.0 - t * t);
}
template <AnyDual D> D erf(const D& x) {
  return lane_detail::chain(x, erf(x.v), 2 * std::numbers::inv_sqrtpi * exp(-(x.v * x.v)));
}

template <class A, class B> requires DualPair<A, B>
auto max(const A& a, const B& b) { return where(a <= b, b, where(b < a, a, a + b)); }
template <class A, class B> requires DualPair<A, B>
auto min(const A& a, const B& b) { return where(b <= a, b, where(a < b, a, a + b)); }
template <class T> Lanes<T> max(Lanes<T> a, double b) { return max(a, Lanes<T>(b)); }
template <class T> Lanes<T> max(double a, Lanes<T> b) { return max(Lanes<T>(a), b); }
template <class T> Lanes<T> min(Lanes<T> a, double b) { return min(a, Lanes<T>(b)); }
template <class T> Lanes<T> min(double a, Lanes<T> b) { return min(Lanes<T>(a), b); }

/// x^n, n constant: slope n x^(n-1).
template <AnyDual D> D pow(const D& x, double n) {
  using N = typename D::Inner;
  if (n == 0) return D(1.0);
  return lane_detail::chain(x, N(pow(x.v, n)), N(n * pow(x.v, n - 1)));
}
/// a^b with b moving too: a^b (b' log a + b a'/a), with 0 log 0 = 0.
template <class N, int K>
Dual<N, K> pow(const Dual<N, K>& a, const Dual<N, K>& b) {
  Dual<N, K> r;
  r.v = pow(a.v, b.v);
  const N by_base = b.v * pow(a.v, b.v - 1.0);
  const N by_exponent = where(lane_detail::bottom(a.v) == 0.0, N(0.0), r.v * log(a.v));
  for (std::size_t k = 0; k < r.d.size(); ++k) r.d[k] = by_base * a.d[k] + by_exponent * b.d[k];
  return r;
}
template <AnyDual D, Number C> requires ConstantFor<C, D>
D pow(const D& a, const C& b) {
  using N = typename D::Inner;
  return lane_detail::chain(a, N(pow(a.v, N(b))), N(b * pow(a.v, N(b - 1.0))));
}
template <AnyDual D, ConstantFor<D> C>
D pow(const C& a, const D& b) { return pow(D(typename D::Inner(a)), b); }
template <class T> Lanes<T> pow(double a, Lanes<T> b) { return pow(Lanes<T>(a), b); }

// Compositions that would lose digits or overflow if written naively.

/// 1 / (1 + e^-x), without overflow on either side. Slope s (1 - s).
template <class T>
Lanes<T> sigmoid(Lanes<T> x) {
  const Lanes<T> e = exp(-abs(x));
  return where(x >= Lanes<T>(0.0), Lanes<T>(1.0), e) / (Lanes<T>(1.0) + e);
}
template <AnyDual D> D sigmoid(const D& x) {
  // The second factor as sigmoid(-x): 1 - s would lose every digit for large x.
  const auto s = sigmoid(x.v);
  return lane_detail::chain(x, s, s * sigmoid(-x.v));
}
/// log(1 + e^x). Slope sigmoid(x).
template <class T>
Lanes<T> softplus(Lanes<T> x) {
  return where(x > Lanes<T>(0.0), x, Lanes<T>(0.0)) + log1p(exp(-abs(x)));
}
template <AnyDual D> D softplus(const D& x) {
  return lane_detail::chain(x, softplus(x.v), sigmoid(x.v));
}
/// The number without its derivatives: a constant to everything that differentiates.
template <Number N>
auto value_only(const N& x) { return lane_detail::bottom(x); }
/// Another value with the derivatives of x: a clamp that lets the gradient pass.
template <class T>
Lanes<T> with_value(const Lanes<T>&, const Lanes<T>& value) { return value; }
template <AnyDual D, Number V>
D with_value(const D& x, const V& value) {
  D r = x;
  r.v = with_value(x.v, value);
  return r;
}
template <Number N> N square(const N& x) { return x * x; }

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
