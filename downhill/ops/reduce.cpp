#include "downhill/ops/reduce.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/core/parallel.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/detail/split.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/index.h"
#include "downhill/ops/shape.h"

namespace downhill {
namespace {

using Index = std::int64_t;
using detail::Split;

// Four running sums: fixed order, and no chain of dependent additions.
template <class T>
T block_sum(const T* x, Index n) {
  T s[4] = {0, 0, 0, 0};
  Index i = 0;
  for (; i + 4 <= n; i += 4)
    for (Index k = 0; k < 4; ++k) s[k] += x[i + k];
  for (; i < n; ++i) s[0] += x[i];
  return (s[0] + s[2]) + (s[1] + s[3]);
}

template <class T>
double total(const T* x, Index n) {
  if (n <= kBlock) return static_cast<double>(block_sum(x, n));
  std::vector<double> partial(static_cast<std::size_t>(blocks(n)));
  parallel_blocks(n, [&](Index begin, Index end) {
    partial[static_cast<std::size_t>(begin / kBlock)] =
        static_cast<double>(block_sum(x + begin, end - begin));
  });
  double sum = 0;
  for (const double p : partial) sum += p;
  return sum;
}

// out[o, i] = sum over the axis, in blocks of 4,096 along it.
template <class T>
void sum_axis(const T* x, T* out, const Split& s) {
  if (s.inner == 1) {
    parallel_for(s.outer, s.outer * s.size >= kParallelThreshold,
                 [&](Index o) { out[o] = static_cast<T>(total(x + o * s.size, s.size)); });
    return;
  }
  constexpr Index kColumns = 256;
  const Index across = blocks(s.inner, kColumns);
  parallel_for(s.outer * across, s.outer * s.size * s.inner >= kParallelThreshold, [&](Index part) {
    const Index o = part / across, first = part % across * kColumns;
    const Index width = std::min(kColumns, s.inner - first);
    const T* from = x + o * s.size * s.inner + first;
    double whole[kColumns];
    T some[kColumns];
    std::fill_n(whole, width, 0.0);
    for (Index block = 0; block < s.size; block += kBlock) {
      std::fill_n(some, width, T(0));
      for (Index j = block; j < std::min(s.size, block + kBlock); ++j) {
        const T* row = from + j * s.inner;
#pragma omp simd
        for (Index i = 0; i < width; ++i) some[i] += row[i];
      }
      for (Index i = 0; i < width; ++i) whole[i] += static_cast<double>(some[i]);
    }
    for (Index i = 0; i < width; ++i) out[o * s.inner + first + i] = static_cast<T>(whole[i]);
  });
}

template <class T>
bool larger(T candidate, T best) {
  return candidate > best || (candidate != candidate && best == best);
}

}  // namespace

Tensor sum(const Tensor& x) {
  check_floating("sum", "x", x);
  Tensor result = Tensor::empty({}, x.type());
  with_floating(x.type(), [&]<class T>() {
    *result.data<T>() = static_cast<T>(total(x.data<T>(), x.elements()));
  });
  if (recorded({&x})) {
    record("sum", result, {&x}, [shape = x.shape()](const Cotangent& g, Cotangents& out) {
      out.set(0, expand(g.tensor, shape), g.scale);
    });
  }
  return result;
}

Tensor sum(const Tensor& x, int which, bool keep_axis) {
  check_floating("sum", "x", x);
  const int axis = check_axis("sum", which, x.rank());
  Tensor result =
      Tensor::empty(keep_axis ? x.shape().with(axis, 1) : x.shape().without(axis), x.type());
  with_floating(x.type(), [&]<class T>() {
    sum_axis(x.data<T>(), result.data<T>(), Split(x.shape(), axis));
  });
  if (recorded({&x})) {
    record("sum", result, {&x}, [axis, shape = x.shape()](const Cotangent& g, Cotangents& out) {
      out.set(0, expand(g.tensor.reshape(shape.with(axis, 1)), shape), g.scale);
    });
  }
  return result;
}

Tensor mean(const Tensor& x) {
  check_floating("mean", "x", x);
  if (x.elements() == 0) throw_usage("mean", "there are no elements");
  return sum(x) * (1 / static_cast<double>(x.elements()));
}

Tensor mean(const Tensor& x, int which, bool keep_axis) {
  const int axis = check_axis("mean", which, x.rank());
  if (x.size(axis) == 0) throw_usage("mean", "the axis has no elements");
  return sum(x, axis, keep_axis) * (1 / static_cast<double>(x.size(axis)));
}

Tensor max(const Tensor& x) { return max(x.reshape({x.elements()}), 0); }

Tensor max(const Tensor& x, int which, bool keep_axis) {
  const int axis = check_axis("max", which, x.rank());
  const Tensor last = axis == x.rank() - 1 ? x : transpose(x, axis, -1);
  Tensor best = unsqueeze(pick(last, argmax(last)), -1);
  if (axis != x.rank() - 1) best = transpose(best, axis, -1);
  return keep_axis ? best : squeeze(best, axis);
}

Tensor argmax(const Tensor& x, int which) {
  check_floating("argmax", "x", x);
  const int axis = check_axis("argmax", which, x.rank());
  if (x.size(axis) == 0) throw_usage("argmax", "the axis has no elements");
  Tensor result = Tensor::empty(x.shape().without(axis), Type::i64);
  with_floating(x.type(), [&]<class T>() {
    const Split s(x.shape(), axis);
    for (Index o = 0; o < s.outer; ++o) {
      for (Index i = 0; i < s.inner; ++i) {
        const T* from = x.data<T>() + o * s.size * s.inner + i;
        Index best = 0;
        for (Index j = 1; j < s.size; ++j)
          if (larger(from[j * s.inner], from[best * s.inner])) best = j;
        result.data<Index>()[o * s.inner + i] = best;
      }
    }
  });
  return result;
}

Tensor norm(const Tensor& x) {
  check_floating("norm", "x", x);
  double largest = 0;
  for (const double v : x.to_vector())
    largest = larger(std::abs(v), largest) ? std::abs(v) : largest;
  // At 0 the slope of the square root is infinite; the gradient chosen there is 0.
  if (largest == 0) return sum(x) * 0;
  if (!std::isfinite(largest)) return sqrt(sum(square(x)));
  // A power of two loses no digits; the bound keeps it and its inverse inside the type.
  const int most = x.type() == Type::f32 ? 126 : 1022;
  const int power = std::clamp(std::ilogb(largest), -most, most);
  return sqrt(sum(square(x * std::ldexp(1.0, -power)))) * std::ldexp(1.0, power);
}

Tensor dot(const Tensor& a, const Tensor& b) {
  check_same_shape("dot", "a", a, "b", b);
  return sum(a * b);
}

}  // namespace downhill
