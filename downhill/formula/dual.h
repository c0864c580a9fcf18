#pragma once
#include <array>
#include <cstddef>
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

// What stands beside the dual's value in its arithmetic: a double, or the lower number itself.
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
Dual<N, K> operator+(const Dual<N, K>& a) {
  return a;
}

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
D operator+(const C& c, const D& a) {
  return a + c;
}
template <AnyDual D, ConstantFor<D> C>
D operator-(const D& a, const C& c) {
  D r = a;
  r.v = a.v - lane_detail::value_of<D>(c);
  return r;
}
template <AnyDual D, ConstantFor<D> C>
D operator-(const C& c, const D& a) {
  using N = typename D::Inner;
  return lane_detail::each_slope(a, N(lane_detail::value_of<D>(c) - a.v),
                                 [](const N& d) { return -d; });
}
template <AnyDual D, ConstantFor<D> C>
D operator*(const D& a, const C& c) {
  using N = typename D::Inner;
  const auto k = lane_detail::value_of<D>(c);
  return lane_detail::each_slope(a, N(a.v * k), [&](const N& d) { return d * k; });
}
template <AnyDual D, ConstantFor<D> C>
D operator*(const C& c, const D& a) {
  return a * c;
}
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

template <class A, class B>
requires DualPair<A, B>
auto operator<(const A& a, const B& b) { return lane_detail::bottom(a) < lane_detail::bottom(b); }
template <class A, class B>
requires DualPair<A, B>
auto operator<=(const A& a, const B& b) { return lane_detail::bottom(a) <= lane_detail::bottom(b); }
template <class A, class B>
requires DualPair<A, B>
auto operator>(const A& a, const B& b) { return lane_detail::bottom(a) > lane_detail::bottom(b); }
template <class A, class B>
requires DualPair<A, B>
auto operator>=(const A& a, const B& b) { return lane_detail::bottom(a) >= lane_detail::bottom(b); }
template <class A, class B>
requires DualPair<A, B>
auto operator==(const A& a, const B& b) { return lane_detail::bottom(a) == lane_detail::bottom(b); }
template <class A, class B>
requires DualPair<A, B>
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

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
