#include "downhill/ops/directions.h"

#include <algorithm>
#include <cmath>

#include "downhill/autodiff/node.h"
#include "downhill/core/parallel.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/detail/split.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"

namespace downhill {
namespace {

using Index = std::int64_t;

/// A row's length as unit * rest; unit is 1 but where the sum of squares leaves the numbers.
struct Length {
  double unit, rest;
};

template <class T>
Length length_of(const T* x, Index n) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (Index i = 0; i < n; ++i) sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  if ((sum > 1e-250 && sum < 1e300) || std::isnan(sum)) return {1, std::sqrt(sum)};
  double largest = 0;
  for (Index i = 0; i < n; ++i) largest = std::max(largest, std::abs(static_cast<double>(x[i])));
  if (largest == 0 || std::isinf(largest)) return {1, largest};
  sum = 0;
  for (Index i = 0; i < n; ++i) {
    const double part = static_cast<double>(x[i]) / largest;
    sum += part * part;
  }
  return {largest, std::sqrt(sum)};
}

/// work(row, its first element) for all rows of n elements.
template <class Work>
void each_row(Index rows, Index n, Work&& work) {
  const Index together = std::max<Index>(1, kBlock / std::max<Index>(n, 1));
  parallel_for(blocks(rows, together), rows * n >= kParallelThreshold, [&](Index block) {
    const Index end = std::min(rows, (block + 1) * together);
    for (Index row = block * together; row < end; ++row) work(row, row * n);
  });
}

Index size_of_rows(const Tensor& x) { return x.size(x.rank() - 1); }
Index rows_of(const Tensor& x) { return x.elements() / std::max<Index>(size_of_rows(x), 1); }

Tensor directions_of(const Tensor& x) {
  Tensor result = Tensor::empty(x.shape(), x.type());
  with_floating(x.type(), [&]<class T>() {
    const Index n = size_of_rows(x);
    each_row(rows_of(x), n, [&](Index, Index at) {
      const T* from = x.data<T>() + at;
      T* to = result.data<T>() + at;
      const auto [unit, rest] = length_of(from, n);
      if (unit * rest == 0) return void(std::fill_n(to, n, T(0)));
      const double by = 1 / rest;
      if (unit == 1) {
#pragma omp simd
        for (Index i = 0; i < n; ++i) to[i] = static_cast<T>(static_cast<double>(from[i]) * by);
      } else {
        for (Index i = 0; i < n; ++i)
          to[i] = static_cast<T>(static_cast<double>(from[i]) / unit * by);
      }
    });
  });
  return result;
}

// scale (g - d (g . d)) / |x| for one row, with d its direction; `at` gives numbers over the unit.
template <class T>
void slope_of_row(Index n, Length length, auto at, const T* g, double scale, T* to) {
  double along = 0;
#pragma omp simd reduction(+ : along)
  for (Index i = 0; i < n; ++i) along += static_cast<double>(g[i]) * at(i);
  along /= length.rest * length.rest;
  const double by = scale / length.rest / length.unit;
#pragma omp simd
  for (Index i = 0; i < n; ++i)
    to[i] = static_cast<T>((static_cast<double>(g[i]) - at(i) * along) * by);
}

Tensor slope_of_directions(const Tensor& x, const Tensor& g, double scale) {
  Tensor result = Tensor::empty(x.shape(), x.type());
  with_floating(x.type(), [&]<class T>() {
    const Index n = size_of_rows(x);
    each_row(rows_of(x), n, [&](Index, Index begin) {
      const T *from = x.data<T>() + begin, *by = g.data<T>() + begin;
      T* to = result.data<T>() + begin;
      const Length length = length_of(from, n);
      const double unit = length.unit;
      if (unit * length.rest == 0) return void(std::fill_n(to, n, T(0)));
      if (unit == 1)
        slope_of_row(
            n, {1, length.rest}, [=](Index i) { return static_cast<double>(from[i]); }, by, scale,
            to);
      else
        slope_of_row(
            n, length, [=](Index i) { return static_cast<double>(from[i]) / unit; }, by, scale, to);
    });
  });
  return result;
}

// The same in operations, to be differentiated once more.
Tensor recorded_slope(const Tensor& x, const Tensor& g) {
  const Tensor d = directions(x), size = lengths(x, true), there = size > 0.0;
  const Tensor one = Tensor::scalar(1, x.type()), zero = Tensor::scalar(0, x.type());
  const Tensor slope = (g - d * sum(g * d, -1, true)) / where(there, size, one);
  return where(there, slope, zero);
}

}  // namespace

Tensor directions(const Tensor& x) {
  check_floating("directions", "x", x);
  check_axis("directions", -1, x.rank());
  Tensor result = directions_of(x);
  if (recorded({&x})) {
    record("directions", result, {&x}, [at = Saved(x)](const Cotangent& g, Cotangents& out) {
      if (recording()) out.set(0, recorded_slope(at(), g.value()));
      else out.set(0, slope_of_directions(at(), g.tensor, g.scale));
    });
  }
  return result;
}

Tensor lengths(const Tensor& x, bool keep_axis) {
  check_floating("lengths", "x", x);
  const int axis = check_axis("lengths", -1, x.rank());
  Tensor result =
      Tensor::empty(keep_axis ? x.shape().with(axis, 1) : x.shape().without(axis), x.type());
  with_floating(x.type(), [&]<class T>() {
    const Index n = size_of_rows(x);
    each_row(result.elements(), n, [&](Index row, Index at) {
      const auto [unit, rest] = length_of(x.data<T>() + at, n);
      result.data<T>()[row] = static_cast<T>(unit * rest);
    });
  });
  if (recorded({&x})) {
    record("lengths", result, {&x}, [axis, at = Saved(x)](const Cotangent& g, Cotangents& out) {
      const Tensor by = g.value().reshape(at().shape().with(axis, 1));
      out.set(0, directions(at()) * by);
    });
  }
  return result;
}

}  // namespace downhill
