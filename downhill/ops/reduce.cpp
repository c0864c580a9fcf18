#include "downhill/ops/reduce.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/core/parallel.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/detail/filled_axis.h"
#include "downhill/ops/detail/reductions.h"
#include "downhill/ops/detail/split.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/index.h"
#include "downhill/ops/shape.h"

namespace downhill {
namespace {

using Index = std::int64_t;
using detail::Split;

using detail::Reductions;

const Reductions& reductions() {
  static const Reductions& chosen = at_best_level(
      []<Level level>() -> const Reductions& { return detail::level_reductions<level>(); });
  return chosen;
}

// The sum of run(part of x) over the blocks of x, in their order.
template <class T>
double total(const T* x, Index n, double (*run)(const T* x, Index n)) {
  if (n <= kBlock) return run(x, n);
  std::vector<double> partial(static_cast<std::size_t>(blocks(n)));
  parallel_blocks(n, [&](Index begin, Index end) {
    partial[static_cast<std::size_t>(begin / kBlock)] = run(x + begin, end - begin);
  });
  double sum = 0;
  for (const double p : partial) sum += p;
  return sum;
}

double total(const Tensor& x) {
  const Index n = x.elements();
  return x.type() == Type::f32 ? total(x.data<float>(), n, reductions().sum_f32)
                               : total(x.data<double>(), n, reductions().sum_f64);
}

double total_of_squares(const Tensor& x) {
  const Index n = x.elements();
  return x.type() == Type::f32 ? total(x.data<float>(), n, reductions().squares_f32)
                               : total(x.data<double>(), n, reductions().squares_f64);
}

// out[o, i] = sum over the axis / divisor.
template <class T>
void sum_axis(const T* x, T* out, const Split& s, double divisor) {
  if (s.inner == 1) {
    const auto run = [] {
      if constexpr (sizeof(T) == 4) return reductions().sum_f32;
      else return reductions().sum_f64;
    }();
    parallel_for(s.outer, s.outer * s.size >= kParallelThreshold, [&](Index o) {
      out[o] = static_cast<T>(total(x + o * s.size, s.size, run) / divisor);
    });
    return;
  }
  constexpr Index kColumns = 256;
  const Index across = blocks(s.inner, kColumns);
  parallel_for(s.outer * across, s.outer * s.size * s.inner >= kParallelThreshold, [&](Index part) {
    const Index o = part / across, first = part % across * kColumns;
    const Index width = std::min(kColumns, s.inner - first);
    const T* from = x + o * s.size * s.inner + first;
    double sum[kColumns];
    std::fill_n(sum, width, 0.0);
    for (Index j = 0; j < s.size; ++j) {
      const T* row = from + j * s.inner;
#pragma omp simd
      for (Index i = 0; i < width; ++i) sum[i] += static_cast<double>(row[i]);
    }
    for (Index i = 0; i < width; ++i)
      out[o * s.inner + first + i] = static_cast<T>(sum[i] / divisor);
  });
}

// The sum of all elements / divisor, which travels beside the gradient.
Tensor divided_sum(const char* name, const Tensor& x, double divisor) {
  Tensor result = Tensor::scalar(total(x) / divisor, x.type());
  if (recorded({&x})) {
    record(name, result, {&x}, [divisor, shape = x.shape()](const Cotangent& g, Cotangents& out) {
      if (recording()) out.set(0, expand(g.value() / divisor, shape));
      else out.set(0, expand(g.tensor, shape), g.scale / divisor);
    });
  }
  return result;
}

Tensor divided_sum(const char* name, const Tensor& x, int axis, bool keep_axis, double divisor) {
  Tensor result =
      Tensor::empty(keep_axis ? x.shape().with(axis, 1) : x.shape().without(axis), x.type());
  with_floating(x.type(), [&]<class T>() {
    sum_axis(x.data<T>(), result.data<T>(), Split(x.shape(), axis), divisor);
  });
  if (recorded({&x})) {
    record(name, result, {&x},
           [axis, divisor, shape = x.shape()](const Cotangent& g, Cotangents& out) {
             const Shape kept = shape.with(axis, 1);
             if (recording()) out.set(0, expand((g.value() / divisor).reshape(kept), shape));
             else out.set(0, expand(g.tensor.reshape(kept), shape), g.scale / divisor);
           });
  }
  return result;
}

template <class T>
bool larger(T candidate, T best) {
  return candidate > best || (candidate != candidate && best == best);
}

}  // namespace

Tensor sum(const Tensor& x) {
  check_floating("sum", "x", x);
  return divided_sum("sum", x, 1);
}

Tensor sum(const Tensor& x, int which, bool keep_axis) {
  check_floating("sum", "x", x);
  return divided_sum("sum", x, check_axis("sum", which, x.rank()), keep_axis, 1);
}

Tensor mean(const Tensor& x) {
  check_floating("mean", "x", x);
  if (x.elements() == 0) throw_usage("mean", "there are no elements");
  return divided_sum("mean", x, static_cast<double>(x.elements()));
}

Tensor mean(const Tensor& x, int which, bool keep_axis) {
  check_floating("mean", "x", x);
  const int axis = detail::filled_axis("mean", which, x);
  return divided_sum("mean", x, axis, keep_axis, static_cast<double>(x.size(axis)));
}

Tensor max(const Tensor& x) { return max(x.reshape({x.elements()}), 0); }

Tensor max(const Tensor& x, int which, bool keep_axis) {
  const int axis = detail::filled_axis("max", which, x);
  const Tensor last = axis == x.rank() - 1 ? x : transpose(x, axis, -1);
  Tensor best = unsqueeze(pick(last, argmax(last)), -1);
  if (axis != x.rank() - 1) best = transpose(best, axis, -1);
  return keep_axis ? best : squeeze(best, axis);
}

Tensor argmax(const Tensor& x, int which) {
  check_floating("argmax", "x", x);
  const int axis = detail::filled_axis("argmax", which, x);
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

namespace {

// The norm of numbers whose squares do not fit, or are 0, or not finite: divided by a power of two
// before and multiplied by it after.
Tensor scaled_norm(const Tensor& x) {
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

}  // namespace

Tensor norm(const Tensor& x) {
  check_floating("norm", "x", x);
  const double value = std::sqrt(total_of_squares(x));
  const double most = x.type() == Type::f32 ? 1e37 : 1e150;  // x / norm and its slope fit, too
  if (!(value > 1 / most && value < most)) return scaled_norm(x);
  Tensor result = Tensor::scalar(value, x.type());
  if (recorded({&x})) {
    record("norm", result, {&x}, [saved = Saved(x), value](const Cotangent& g, Cotangents& out) {
      const Tensor y = saved();
      const Tensor length = recorded({&y}) ? norm(y) : Tensor::scalar(value, y.type());
      out.set(0, y * (g.tensor / length), g.scale);
    });
  }
  return result;
}

Tensor dot(const Tensor& a, const Tensor& b) {
  check_same_shape("dot", "a", a, "b", b);
  return sum(a * b);
}

}  // namespace downhill
