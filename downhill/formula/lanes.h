#pragma once
#include <cmath>
#include <cstdint>
#include <xsimd/xsimd.hpp>

#include "downhill/core/processor.h"

// Every template that depends on lanes lives in an inline namespace named after the processor
// level it was compiled for, so that objects of two levels cannot be mixed unseen.
#if defined(__AVX2__) && defined(__FMA__)
#define DOWNHILL_LEVEL level_v3
#else
#define DOWNHILL_LEVEL level_base
#endif

namespace downhill {
inline namespace DOWNHILL_LEVEL {

#if defined(__AVX2__) && defined(__FMA__)
using LevelArch = xsimd::fma3<xsimd::avx2>;
inline constexpr Level kLevel = Level::v3;
#else
using LevelArch = xsimd::sse2;
inline constexpr Level kLevel = Level::base;
#endif

/// Names the level in templates that are not themselves in this namespace.
struct LevelTag {};

template <class T>
struct Mask;

/// A SIMD batch of one type: the number that formulas see. A double that meets lanes takes their
/// type and is a constant.
template <class T>
struct Lanes {
  using Value = T;
  using Batch = xsimd::batch<T, LevelArch>;
  static constexpr std::int64_t size = static_cast<std::int64_t>(Batch::size);

  Batch v;

  Lanes() = default;
  explicit Lanes(Batch batch) : v(batch) {}
  Lanes(double constant) : v(static_cast<T>(constant)) {}

  static Lanes load(const T* from) { return Lanes(Batch::load_unaligned(from)); }
  void store(T* to) const { v.store_unaligned(to); }
  /// Writes around the cache; `to` must be aligned to the batch.
  void stream(T* to) const {
#if defined(__AVX2__) && defined(__FMA__)
    if constexpr (sizeof(T) == 4) _mm256_stream_ps(to, v);
    else _mm256_stream_pd(to, v);
#else
    if constexpr (sizeof(T) == 4) _mm_stream_ps(to, v);
    else _mm_stream_pd(to, v);
#endif
  }
  /// The first lane; for numbers that hold the same value in every lane.
  T first() const { return lane(0); }
  T lane(std::int64_t i) const {
    alignas(64) T all[static_cast<std::size_t>(size)];
    v.store_aligned(all);
    return all[i];
  }
  /// The sum of the lanes, in fixed order.
  T sum() const {
    alignas(64) T all[static_cast<std::size_t>(size)];
    v.store_aligned(all);
    for (std::int64_t half = size / 2; half > 0; half /= 2)
      for (std::int64_t i = 0; i < half; ++i) all[i] += all[i + half];
    return all[0];
  }
  T largest() const {  // a NaN in any lane is the result
    alignas(64) T all[static_cast<std::size_t>(size)];
    v.store_aligned(all);
    T best = all[0];
    for (std::int64_t i = 1; i < size; ++i)
      if (!(all[i] <= best) && best == best) best = all[i];
    return best;
  }

  friend Lanes operator+(Lanes a, Lanes b) { return Lanes(a.v + b.v); }
  friend Lanes operator-(Lanes a, Lanes b) { return Lanes(a.v - b.v); }
  friend Lanes operator*(Lanes a, Lanes b) { return Lanes(a.v * b.v); }
  friend Lanes operator/(Lanes a, Lanes b) { return Lanes(a.v / b.v); }
  friend Lanes operator-(Lanes a) { return Lanes(-a.v); }
  friend Lanes operator+(Lanes a) { return a; }
  friend Mask<T> operator<(Lanes a, Lanes b) { return {a.v < b.v}; }
  friend Mask<T> operator<=(Lanes a, Lanes b) { return {a.v <= b.v}; }
  friend Mask<T> operator>(Lanes a, Lanes b) { return {a.v > b.v}; }
  friend Mask<T> operator>=(Lanes a, Lanes b) { return {a.v >= b.v}; }
  friend Mask<T> operator==(Lanes a, Lanes b) { return {a.v == b.v}; }
  friend Mask<T> operator!=(Lanes a, Lanes b) { return {a.v != b.v}; }
};

/// The result of a comparison, one truth value per lane. It is not a number.
template <class T>
struct Mask {
  using Value = T;
  typename Lanes<T>::Batch::batch_bool_type v;

  friend Mask operator&&(Mask a, Mask b) { return {a.v && b.v}; }
  friend Mask operator||(Mask a, Mask b) { return {a.v || b.v}; }
  friend Mask operator!(Mask a) { return {!a.v}; }
};

/// Whether it is true in every lane: for shortcuts that leave each lane's result as it is.
template <class T>
bool all(Mask<T> mask) {
  return xsimd::all(mask.v);
}

template <class T>
Lanes<T> where(Mask<T> mask, Lanes<T> yes, Lanes<T> no) {
  return Lanes<T>(xsimd::select(mask.v, yes.v, no.v));
}
template <class T>
Lanes<T> where(Mask<T> mask, double yes, double no) {
  return where(mask, Lanes<T>(yes), Lanes<T>(no));
}
template <class T>
Lanes<T> where(Mask<T> mask, Lanes<T> yes, double no) {
  return where(mask, yes, Lanes<T>(no));
}
template <class T>
Lanes<T> where(Mask<T> mask, double yes, Lanes<T> no) {
  return where(mask, Lanes<T>(yes), no);
}

namespace lane_detail {
// For the few functions whose vector form is too inexact: one lane at a time.
template <class T, class F>
Lanes<T> lane_by_lane(Lanes<T> a, Lanes<T> b, F f) {
  alignas(64) T x[static_cast<std::size_t>(Lanes<T>::size)];
  alignas(64) T y[static_cast<std::size_t>(Lanes<T>::size)];
  a.v.store_aligned(x);
  b.v.store_aligned(y);
  for (std::int64_t i = 0; i < Lanes<T>::size; ++i) x[i] = f(x[i], y[i]);
  return Lanes<T>(Lanes<T>::Batch::load_aligned(x));
}
}  // namespace lane_detail

// Mathematics on lanes. Errors against the exact value, measured by tests/formula/lanes_test.cpp:
// at most 2 ULP, 3 for erf in float.
template <class T>
Lanes<T> abs(Lanes<T> x) {
  return Lanes<T>(xsimd::abs(x.v));
}
template <class T>
Lanes<T> sqrt(Lanes<T> x) {
  return Lanes<T>(xsimd::sqrt(x.v));
}
template <class T>
Lanes<T> exp(Lanes<T> x) {
  return Lanes<T>(xsimd::exp(x.v));
}
template <class T>
Lanes<T> log(Lanes<T> x) {
  return Lanes<T>(xsimd::log(x.v));
}
template <class T>
Lanes<T> log1p(Lanes<T> x) {
  return Lanes<T>(xsimd::log1p(x.v));
}
template <class T>
Lanes<T> expm1(Lanes<T> x) {
  return Lanes<T>(xsimd::expm1(x.v));
}
template <class T>
Lanes<T> tanh(Lanes<T> x) {
  return Lanes<T>(xsimd::tanh(x.v));
}
template <class T>
Lanes<T> floor(Lanes<T> x) {
  return Lanes<T>(xsimd::floor(x.v));
}

/// -1, 0 or 1; NaN stays NaN.
template <class T>
Lanes<T> sign(Lanes<T> x) {
  return where(x > Lanes<T>(0), Lanes<T>(1), where(x < Lanes<T>(0), Lanes<T>(-1), x));
}

/// The larger; NaN if either is NaN (the slope at a tie is that of the second).
template <class T>
Lanes<T> max(Lanes<T> a, Lanes<T> b) {
  return where(a <= b, b, where(b < a, a, a + b));
}
template <class T>
Lanes<T> min(Lanes<T> a, Lanes<T> b) {
  return where(b <= a, b, where(a < b, a, a + b));
}

// xsimd reduces the angles of a whole batch together: an element's bits would depend on its
// neighbours. The C library's do not.
template <class T>
Lanes<T> sin(Lanes<T> x) {
  return lane_detail::lane_by_lane(x, x, [](T a, T) { return std::sin(a); });
}
template <class T>
Lanes<T> cos(Lanes<T> x) {
  return lane_detail::lane_by_lane(x, x, [](T a, T) { return std::cos(a); });
}

template <class T>
Lanes<T> atan(Lanes<T> x) {
  return lane_detail::lane_by_lane(x, x, [](T a, T) { return std::atan(a); });
}

/// xsimd's double form is off by up to 68 ULP; the C library's is exact to 1.
template <class T>
Lanes<T> erf(Lanes<T> x) {
  if constexpr (sizeof(T) == 4) return Lanes<T>(xsimd::erf(x.v));
  else return lane_detail::lane_by_lane(x, x, [](T a, T) { return std::erf(a); });
}

/// xsimd's form is off by up to 52 ULP and wrong for 0 and negative bases.
template <class T>
Lanes<T> pow(Lanes<T> base, Lanes<T> exponent) {
  return lane_detail::lane_by_lane(base, exponent, [](T a, T b) { return std::pow(a, b); });
}

/// x^n for a constant: products for small whole exponents, else `pow`.
template <class T>
Lanes<T> pow(Lanes<T> base, double exponent) {
  if (exponent == 2) return base * base;
  if (exponent == 1) return base;
  if (exponent == 0) return Lanes<T>(1);
  if (exponent == 3) return base * base * base;
  if (exponent == 4) return (base * base) * (base * base);
  if (exponent == -1) return Lanes<T>(1) / base;
  if (exponent == 0.5) return where(base == Lanes<T>(0), Lanes<T>(0), sqrt(base));
  return pow(base, Lanes<T>(exponent));
}

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
