#pragma once
#include <array>
#include <cstdint>
#include <type_traits>

#include "downhill/formula/lanes.h"

// A run of elements in batches of lanes; the last one may have lanes without an element.

namespace downhill {
inline namespace DOWNHILL_LEVEL {
namespace lane_detail {

/// One batch of elements: where its inputs come from and how many of the lanes count.
template <class T>
struct Batch {
  std::int64_t index;
  std::int64_t live;  // lanes that exist; the others repeat the last element
};

#if defined(__AVX2__) && defined(__FMA__)

// All bits of the first `live` lanes.
template <class T>
__m256i live_lanes(std::int64_t live) {
  using I = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  static constexpr auto bits = [] {
    std::array<I, static_cast<std::size_t>(2 * Lanes<T>::size)> all{};
    for (std::size_t i = 0; i < all.size() / 2; ++i) all[i] = -1;
    return all;
  }();
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bits.data() + Lanes<T>::size - live));
}
inline Lanes<float> load_some(const float* from, std::int64_t live) {
  const __m256i lanes = live_lanes<float>(live);
  const __m256 last = _mm256_broadcast_ss(from + live - 1);
  return Lanes<float>(
      _mm256_blendv_ps(last, _mm256_maskload_ps(from, lanes), _mm256_castsi256_ps(lanes)));
}
inline Lanes<double> load_some(const double* from, std::int64_t live) {
  const __m256i lanes = live_lanes<double>(live);
  const __m256d last = _mm256_broadcast_sd(from + live - 1);
  return Lanes<double>(
      _mm256_blendv_pd(last, _mm256_maskload_pd(from, lanes), _mm256_castsi256_pd(lanes)));
}
inline void store_some(const Lanes<float>& value, float* to, std::int64_t live) {
  _mm256_maskstore_ps(to, live_lanes<float>(live), value.v);
}
inline void store_some(const Lanes<double>& value, double* to, std::int64_t live) {
  _mm256_maskstore_pd(to, live_lanes<double>(live), value.v);
}
inline Lanes<float> keep_some(const Lanes<float>& value, std::int64_t live) {
  return Lanes<float>(_mm256_and_ps(value.v, _mm256_castsi256_ps(live_lanes<float>(live))));
}
inline Lanes<double> keep_some(const Lanes<double>& value, std::int64_t live) {
  return Lanes<double>(_mm256_and_pd(value.v, _mm256_castsi256_pd(live_lanes<double>(live))));
}

#else

template <class T>
Lanes<T> load_some(const T* from, std::int64_t live) {
  alignas(64) T padded[static_cast<std::size_t>(Lanes<T>::size)];
  for (std::int64_t i = 0; i < Lanes<T>::size; ++i) padded[i] = from[i < live ? i : live - 1];
  return Lanes<T>::load(padded);
}
template <class T>
void store_some(const Lanes<T>& value, T* to, std::int64_t live) {
  alignas(64) T padded[static_cast<std::size_t>(Lanes<T>::size)];
  value.store(padded);
  for (std::int64_t i = 0; i < live; ++i) to[i] = padded[i];
}
template <class T>
Lanes<T> keep_some(const Lanes<T>& value, std::int64_t live) {
  alignas(64) T padded[static_cast<std::size_t>(Lanes<T>::size)];
  value.store(padded);
  for (std::int64_t i = live; i < Lanes<T>::size; ++i) padded[i] = 0;
  return Lanes<T>::load(padded);
}

#endif

template <class T>
Lanes<T> load(const T* from, Batch<T> at) {
  return at.live == Lanes<T>::size ? Lanes<T>::load(from + at.index)
                                   : load_some(from + at.index, at.live);
}
template <class T>
void store(const Lanes<T>& value, T* to, Batch<T> at) {
  if (at.live == Lanes<T>::size) value.store(to + at.index);
  else store_some(value, to + at.index, at.live);
}
/// The value with the lanes that do not exist set to 0, for sums.
template <class T>
Lanes<T> only_live(const Lanes<T>& value, Batch<T> at) {
  return at.live == Lanes<T>::size ? value : keep_some(value, at.live);
}

/// A running sum of lanes, in double whatever their type: a sum of many floats in float is off in
/// one direction where they are alike. The order is fixed.
template <class T>
class LaneSum {
  using Wide = xsimd::batch<double, LevelArch>;

 public:
  void add(const Lanes<T>& x) {
    low_ = low_ + lower(x);
    if constexpr (sizeof(T) == 4) high_ = high_ + upper(x);
  }
  void add_square(const Lanes<T>& x) {
    low_ = low_ + lower(x) * lower(x);
    if constexpr (sizeof(T) == 4) high_ = high_ + upper(x) * upper(x);
  }
  double total() const { return Lanes<double>(low_ + high_).sum(); }

 private:
  static Wide lower(const Lanes<double>& x) { return x.v; }
#if defined(__AVX2__) && defined(__FMA__)
  static Wide lower(const Lanes<float>& x) { return _mm256_cvtps_pd(_mm256_castps256_ps128(x.v)); }
  static Wide upper(const Lanes<float>& x) {
    return _mm256_cvtps_pd(_mm256_extractf128_ps(x.v, 1));
  }
#else
  static Wide lower(const Lanes<float>& x) { return _mm_cvtps_pd(x.v); }
  static Wide upper(const Lanes<float>& x) { return _mm_cvtps_pd(_mm_movehl_ps(x.v, x.v)); }
#endif

  Wide low_ = Wide(0.0), high_ = Wide(0.0);
};

// In the three loops below the body is compiled once, however large it is: written out four times
// over a formula is no faster where memory is the limit.

/// The sum of `one(batch)` over n elements. Four batches meet in T, two by two, in which alike
/// numbers lose nothing, and that in double: a quarter of the conversions.
template <class T, class One>
double sum_of_batches(std::int64_t n, One&& one) {
  constexpr std::int64_t kBatch = Lanes<T>::size;
  LaneSum<T> sum;
  std::array<Lanes<T>, 4> four;
  for (std::int64_t i = 0; i < n;) {
    std::size_t count = 0;
    for (; count < four.size() && i < n; i += kBatch)
      four[count++] = one(Batch<T>{i, n - i < kBatch ? n - i : kBatch});
    const bool whole = i <= n;  // the last batch has no lanes without an element
    if (count == four.size() && whole) sum.add((four[0] + four[1]) + (four[2] + four[3]));
    else
      for (std::size_t k = 0; k < count; ++k) sum.add(four[k]);
  }
  return sum.total();
}

/// The same sum in the same order where n is whole groups of four batches; `one` gets the index.
template <class T, class One>
double sum_of_groups(std::int64_t n, One&& one) {
  LaneSum<T> sum;
  std::array<Lanes<T>, 4> four;
  for (std::int64_t i = 0; i < n;) {
    for (std::size_t k = 0; k < four.size(); ++k, i += Lanes<T>::size) four[k] = one(i);
    sum.add((four[0] + four[1]) + (four[2] + four[3]));
  }
  return sum.total();
}

/// body(batch) over n elements.
template <class T, class Body>
void each_batch(std::int64_t n, Body&& body) {
  constexpr std::int64_t kBatch = Lanes<T>::size;
  for (std::int64_t i = 0; i < n; i += kBatch) body(Batch<T>{i, n - i < kBatch ? n - i : kBatch});
}

/// The same for short bodies: they are compiled for whole batches and again for the last.
template <class T, class Body>
void for_batches(std::int64_t n, Body&& body) {
  std::int64_t i = 0;
  for (; i + Lanes<T>::size <= n; i += Lanes<T>::size) body(Batch<T>{i, Lanes<T>::size});
  if (i < n) body(Batch<T>{i, n - i});
}

}  // namespace lane_detail
}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
