#include "downhill/autodiff/detail/accumulate.h"

#include "downhill/core/parallel.h"

namespace downhill {
namespace {

// to = a * x + b * y, elementwise; `to` may be x or y.
Tensor combine(double a, const Tensor& x, double b, const Tensor& y, Tensor to) {
  with_floating(x.type(), [&]<class T>() {
    const T ca = static_cast<T>(a), cb = static_cast<T>(b);
    const T *px = x.data<T>(), *py = y.data<T>();
    T* out = to.data<T>();
    parallel_blocks(x.elements(), [&](std::int64_t begin, std::int64_t end) {
      if (ca == 1 && cb == 1) {
#pragma omp simd
        for (std::int64_t i = begin; i < end; ++i) out[i] = px[i] + py[i];
      } else {
#pragma omp simd
        for (std::int64_t i = begin; i < end; ++i) out[i] = ca * px[i] + cb * py[i];
      }
    });
  });
  return to;
}

Tensor scaled(double factor, const Tensor& x, Tensor to) {
  with_floating(x.type(), [&]<class T>() {
    const T c = static_cast<T>(factor);
    const T* px = x.data<T>();
    T* out = to.data<T>();
    parallel_blocks(x.elements(), [&](std::int64_t begin, std::int64_t end) {
#pragma omp simd
      for (std::int64_t i = begin; i < end; ++i) out[i] = c * px[i];
    });
  });
  return to;
}

Tensor fresh(const Tensor& like) { return Tensor::empty(like.shape(), like.type()); }

Tensor recorded_sum(const Tensor& a, const Tensor& b) {
  Tensor sum = combine(1, a, 1, b, fresh(a));
  if (recorded({&a, &b})) {
    record("add", sum, {&a, &b}, [](const Cotangent& g, Cotangents& out) {
      for (const int k : {0, 1})
        if (out.wanted(k)) out.set(k, g.tensor, g.scale);
    });
  }
  return sum;
}

}  // namespace

Tensor Cotangent::value() const {
  return scale == 1 ? tensor : scaled(scale, tensor, fresh(tensor));
}

namespace detail {

void accumulate(Cotangent& sum, Cotangent&& g, bool create_graph) {
  if (create_graph) {
    sum = {recorded_sum(sum.tensor, g.tensor), 1};
    return;
  }
  Tensor to = sum.tensor.sole_owner() ? sum.tensor
              : g.tensor.sole_owner() ? g.tensor
                                      : fresh(sum.tensor);
  combine(sum.scale, sum.tensor, g.scale, g.tensor, to);
  sum = {std::move(to), 1};
}

Tensor owned(Cotangent&& g, bool create_graph) {
  if (create_graph) return g.tensor;
  if (!g.tensor.sole_owner()) return g.scale == 1 ? g.tensor.clone() : g.value();
  if (g.scale != 1) scaled(g.scale, g.tensor, g.tensor);
  return std::move(g.tensor);
}

}  // namespace detail
}  // namespace downhill
