#include "downhill/ops/arithmetic.h"

#include "downhill/core/parallel.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/shape.h"

namespace downhill {
namespace {

// Both arguments at their common shape. Equal shapes, the usual case, cost nothing.
struct Pair {
  Pair(const char* name, const Tensor& a, const Tensor& b) {
    check_floating(name, "the first argument", a);
    check_same_type(name, "the first argument", a, "the second argument", b);
    if (a.shape() == b.shape()) {
      left = a;
      right = b;
    } else {
      const Shape shape = broadcast(name, a.shape(), b.shape());
      left = expand(a, shape);
      right = expand(b, shape);
    }
  }
  Tensor left, right;
};

Tensor run(const Pointwise& formula, const Tensor& a, const Tensor& b) {
  Tensor result = Tensor::empty(a.shape(), a.type());
  with_floating(a.type(), [&]<class T>() {
    const T *pa = a.data<T>(), *pb = b.data<T>();
    T* out = result.data<T>();
    parallel_blocks(a.elements(), [&](std::int64_t begin, std::int64_t end) {
      const T* in[2] = {pa + begin, pb + begin};
      formula.value(in, out + begin, end - begin);
    });
  });
  return result;
}

}  // namespace

Tensor operator+(const Tensor& a, const Tensor& b) {
  const Pair pair("add", a, b);
  Tensor sum = run(*detail::elementwise().add, pair.left, pair.right);
  if (recorded({&pair.left, &pair.right})) {
    record("add", sum, {&pair.left, &pair.right}, [](const Cotangent& g, Cotangents& out) {
      if (out.wanted(0)) out.set(0, g.tensor, g.scale);
      if (out.wanted(1)) out.set(1, g.tensor, g.scale);
    });
  }
  return sum;
}

Tensor operator-(const Tensor& a, const Tensor& b) {
  const Pair pair("subtract", a, b);
  Tensor difference = run(*detail::elementwise().subtract, pair.left, pair.right);
  if (recorded({&pair.left, &pair.right})) {
    record("subtract", difference, {&pair.left, &pair.right},
           [](const Cotangent& g, Cotangents& out) {
             if (out.wanted(0)) out.set(0, g.tensor, g.scale);
             if (!out.wanted(1)) return;
             if (recording()) out.set(1, -g.value());
             else out.set(1, g.tensor, -g.scale);
           });
  }
  return difference;
}

Tensor operator*(const Tensor& a, const Tensor& b) {
  const Pair pair("multiply", a, b);
  Tensor product = run(*detail::elementwise().multiply, pair.left, pair.right);
  if (recorded({&pair.left, &pair.right})) {
    record("multiply", product, {&pair.left, &pair.right},
           [x = Saved(pair.left), y = Saved(pair.right)](const Cotangent& g, Cotangents& out) {
             if (out.wanted(0)) out.set(0, g.tensor * y(), g.scale);
             if (out.wanted(1)) out.set(1, g.tensor * x(), g.scale);
           });
  }
  return product;
}

Tensor operator/(const Tensor& a, const Tensor& b) {
  const Pair pair("divide", a, b);
  Tensor quotient = run(*detail::elementwise().divide, pair.left, pair.right);
  if (recorded({&pair.left, &pair.right})) {
    record("divide", quotient, {&pair.left, &pair.right},
           [x = Saved(pair.left), y = Saved(pair.right)](const Cotangent& g, Cotangents& out) {
             const Tensor by_left = g.tensor / y();
             if (out.wanted(1)) out.set(1, -(by_left * (x() / y())), g.scale);
             if (out.wanted(0)) out.set(0, by_left, g.scale);
           });
  }
  return quotient;
}

Tensor operator/(double a, const Tensor& b) {
  check_floating("divide", "the second argument", b);
  return Tensor::full(b.shape(), a, b.type()) / b;
}

Tensor operator-(const Tensor& a) { return affine(a, -1, 0); }

Tensor affine(const Tensor& x, double factor, double offset) {
  check_floating("affine", "the argument", x);
  Tensor result = Tensor::empty(x.shape(), x.type());
  with_floating(x.type(), [&]<class T>() {
    const T c = static_cast<T>(factor), b = static_cast<T>(offset);
    const T* in = x.data<T>();
    T* out = result.data<T>();
    parallel_blocks(x.elements(), [&](std::int64_t begin, std::int64_t end) {
#pragma omp simd
      for (std::int64_t i = begin; i < end; ++i) out[i] = c * in[i] + b;
    });
  });
  if (recorded({&x})) {
    record("affine", result, {&x}, [factor](const Cotangent& g, Cotangents& out) {
      if (recording()) out.set(0, affine(g.value(), factor, 0));
      else out.set(0, g.tensor, g.scale * factor);
    });
  }
  return result;
}

}  // namespace downhill
