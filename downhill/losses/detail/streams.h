#pragma once
#include <algorithm>
#include <array>
#include <cstdint>

#include "downhill/losses/detail/pointwise_loss.h"
#include "downhill/losses/detail/transpose.h"

namespace downhill::detail {

/// Where the numbers of a formula lie: number k of element i at in[k][i * stride[k]], for the first
/// `moving` also what leaves (`out`) and the direction (`along`). The formula wants each number in
/// a run of its own: where one has columns, strips of elements are transposed into scratch memory
/// that stays in L1, and what comes out is transposed back.
template <class T>
struct Streams {
  using Index = std::int64_t;
  static constexpr auto kNumbers = static_cast<std::size_t>(kMaxNumbers);
  static constexpr Index kStrip = 256;

  // Only the first `count` are set, of `along` and `out` the first `moving`.
  std::array<const T*, kNumbers> in, along;
  std::array<T*, kNumbers> out;
  std::array<Index, kNumbers> stride;
  std::size_t count = 0, moving = 0;
  Index columns = 0;  ///< not 0: the last number is the element's column, its place modulo this

  bool plain() const {
    return columns == 0 && std::all_of(stride.begin(), stride.begin() + static_cast<Index>(count),
                                       [](Index s) { return s == 1; });
  }

  /// work(in, along, out, begin, n) for the elements from begin to end, each number in a run.
  template <class Work>
  void each_strip(Index begin, Index end, Work&& work) const {
    std::array<const T*, kNumbers> from, direction;
    std::array<T*, kNumbers> to;
    if (plain()) {
      for (std::size_t k = 0; k < count; ++k) from[k] = in[k] + begin;
      for (std::size_t k = 0; k < moving; ++k) {
        direction[k] = along[k] != nullptr ? along[k] + begin : nullptr;
        to[k] = out[k] != nullptr ? out[k] + begin : nullptr;
      }
      return work(from.data(), direction.data(), to.data(), begin, end - begin);
    }
    const Tensor scratch =
        Tensor::empty({static_cast<Index>(count + 2 * moving) * kStrip}, type_of<T>);
    T* const runs = scratch.data<T>();
    const auto run = [&](std::size_t k) { return runs + static_cast<Index>(k) * kStrip; };
    for (; begin < end; begin += kStrip) {
      const Index n = std::min(kStrip, end - begin);
      for (std::size_t k = 0; k < count; ++k) from[k] = run(k);
      for (std::size_t k = 0; k < count; ++k) {
        if (four_columns(in, k, count)) {
          four_runs_of_rows(in[k] + begin * 4, run(k), kStrip, n);
          k += 3;
        } else if (in[k] != nullptr) collect(in[k] + begin * stride[k], stride[k], run(k), n);
        else
          for (Index i = 0; i < n; ++i) run(k)[i] = static_cast<T>((begin + i) % columns);
      }
      for (std::size_t k = 0; k < moving; ++k) {
        to[k] = out[k] != nullptr ? run(count + k) : nullptr;
        direction[k] = nullptr;
        if (along[k] == nullptr) continue;
        collect(along[k] + begin * stride[k], stride[k], run(count + moving + k), n);
        direction[k] = run(count + moving + k);
      }
      work(from.data(), direction.data(), to.data(), begin, n);
      for (std::size_t k = 0; k < moving; ++k) {
        if (four_columns(out, k, moving)) {
          rows_of_four_runs(to[k], out[k] + begin * 4, kStrip, n);
          k += 3;
        } else if (out[k] != nullptr)
          for (Index i = 0; i < n; ++i) out[k][(begin + i) * stride[k]] = to[k][i];
      }
    }
  }

 private:
  // Whether numbers k .. k + 3 are the columns of rows of four.
  template <class Pointers>
  bool four_columns(const Pointers& at, std::size_t k, std::size_t end) const {
    if (stride[k] != 4 || k + 4 > end || at[k] == nullptr) return false;
    for (std::size_t i = 1; i < 4; ++i)
      if (stride[k + i] != 4 || at[k + i] != at[k] + i) return false;
    return true;
  }

  static void collect(const T* from, Index step, T* to, Index n) {
    for (Index i = 0; i < n; ++i) to[i] = from[i * step];
  }
};

}  // namespace downhill::detail
