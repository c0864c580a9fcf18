#pragma once
#include <cstdint>
#include <cstring>

#include "downhill/formula/lanes.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {

// Rows of four numbers as four runs and back, four rows at a time in registers: one number at a time
// takes longer than the formula of a box.

template <class T>
struct FourRows {
  typedef T Row __attribute__((vector_size(4 * sizeof(T))));
  Row a, b, c, d;

  static FourRows load(const T* at, std::int64_t step) {
    FourRows r;
    Row* const rows[] = {&r.a, &r.b, &r.c, &r.d};
    for (std::int64_t i = 0; i < 4; ++i) std::memcpy(rows[i], at + i * step, sizeof(Row));
    return r;
  }
  void store(T* at, std::int64_t step) const {
    const Row* const rows[] = {&a, &b, &c, &d};
    for (std::int64_t i = 0; i < 4; ++i) std::memcpy(at + i * step, rows[i], sizeof(Row));
  }
  FourRows transposed() const {
    const Row ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    const Row ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const Row cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const Row cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    return {__builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5),
            __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7),
            __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5),
            __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7)};
  }
};

/// `rows` rows of four numbers into four runs, each `step` after the one before.
template <class T>
void four_runs_of_rows(const T* from, T* to, std::int64_t step, std::int64_t rows) {
  std::int64_t i = 0;
  for (; i + 4 <= rows; i += 4) FourRows<T>::load(from + 4 * i, 4).transposed().store(to + i, step);
  for (; i < rows; ++i)
    for (std::int64_t k = 0; k < 4; ++k) to[k * step + i] = from[4 * i + k];
}

/// The way back.
template <class T>
void rows_of_four_runs(const T* from, T* to, std::int64_t step, std::int64_t rows) {
  std::int64_t i = 0;
  for (; i + 4 <= rows; i += 4) FourRows<T>::load(from + i, step).transposed().store(to + 4 * i, 4);
  for (; i < rows; ++i)
    for (std::int64_t k = 0; k < 4; ++k) to[4 * i + k] = from[k * step + i];
}

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
