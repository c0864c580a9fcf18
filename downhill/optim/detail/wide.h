#pragma once
#include "downhill/formula/batches.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {
namespace lane_detail {

/// Numbers of either type as doubles; lanes without an element repeat the last.
inline Lanes<double> load_wide(const double* from, Batch<double> at) { return load(from, at); }
inline Lanes<double> load_wide(const float* from, Batch<double> at) {
  if (at.live == Lanes<double>::size) {
    from += at.index;
#if defined(__AVX2__) && defined(__FMA__)
    return Lanes<double>(_mm256_cvtps_pd(_mm_loadu_ps(from)));
#else
    return Lanes<double>(
        _mm_cvtps_pd(_mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)))));
#endif
  }
  alignas(64) double wide[static_cast<std::size_t>(Lanes<double>::size)];
  for (std::int64_t i = 0; i < Lanes<double>::size; ++i)
    wide[i] = static_cast<double>(from[at.index + (i < at.live ? i : at.live - 1)]);
  return Lanes<double>::load(wide);
}

}  // namespace lane_detail
}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
