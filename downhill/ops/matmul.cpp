#include "downhill/ops/matmul.h"

#include <fmt/format.h>

#include "downhill/autodiff/tap.h"
#include "downhill/core/error.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/reduce.h"
#include "downhill/tensor/product.h"

namespace downhill {
namespace {

void check_matrix(const char* operation, const char* argument, const Tensor& x) {
  check_floating(operation, argument, x);
  if (x.rank() != 2)
    throw_usage(operation, fmt::format("{} has shape {}; expected a matrix (rows, columns)",
                                       argument, x.shape().text()));
}

Tensor multiplied(const Tensor& a, const Tensor& b, bool ta, bool tb, double alpha) {
  const Product p{ta, tb, a.size(ta ? 1 : 0), b.size(tb ? 0 : 1), a.size(ta ? 0 : 1)};
  Tensor c = Tensor::empty({p.m, p.n}, a.type());
  with_floating(a.type(),
                [&]<class T>() { multiply(p, alpha, a.data<T>(), b.data<T>(), 0, c.data<T>()); });
  return c;
}

// The same, with the factor that travels beside a cotangent as the product's alpha.
Tensor multiplied(const Cotangent& g, const Tensor& b, bool ta, bool tb, bool g_first) {
  if (recording()) return g_first ? matmul(g.value(), b, ta, tb) : matmul(b, g.value(), ta, tb);
  return g_first ? multiplied(g.tensor, b, ta, tb, g.scale)
                 : multiplied(b, g.tensor, ta, tb, g.scale);
}

}  // namespace

Tensor matmul(const Tensor& a, const Tensor& b, bool ta, bool tb) {
  check_matrix("matmul", "a", a);
  check_matrix("matmul", "b", b);
  check_same_type("matmul", "a", a, "b", b);
  if (a.size(ta ? 0 : 1) != b.size(tb ? 1 : 0))
    throw_usage("matmul",
                fmt::format("a has shape {}{} but b has shape {}{}; the inner sizes {} and "
                            "{} must be equal",
                            a.shape().text(), ta ? " transposed" : "", b.shape().text(),
                            tb ? " transposed" : "", a.size(ta ? 0 : 1), b.size(tb ? 1 : 0)));
  Tensor c = multiplied(a, b, ta, tb, 1);
  if (recorded({&a, &b})) {
    record("matmul", c, {&a, &b},
           [x = Saved(a), y = Saved(b), ta, tb](const Cotangent& g, Cotangents& out) {
             // d/da: g op(b)^T, itself transposed where a was; d/db likewise.
             if (out.wanted(0))
               out.set(0, ta ? multiplied(g, y(), tb, true, false)
                             : multiplied(g, y(), false, !tb, true));
             if (out.wanted(1))
               out.set(1, tb ? multiplied(g, x(), true, ta, true)
                             : multiplied(g, x(), !ta, false, false));
           });
  }
  return c;
}

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  check_matrix("linear", "input", x);
  check_matrix("linear", "weight", weight);
  check_same_type("linear", "input", x, "weight", weight);
  const std::int64_t rows = x.size(0), in = x.size(1), out_size = weight.size(0);
  if (weight.size(1) != in)
    throw_usage("linear", fmt::format("input has shape {} but weight has shape {}; the last sizes "
                                      "must be equal",
                                      x.shape().text(), weight.shape().text()));
  if (bias.defined()) {
    check_same_type("linear", "input", x, "bias", bias);
    if (bias.rank() != 1 || bias.size(0) != out_size)
      throw_usage("linear",
                  fmt::format("bias has shape {}; expected ({})", bias.shape().text(), out_size));
  }
  Tensor y = Tensor::empty({rows, out_size}, x.type());
  with_floating(x.type(), [&]<class T>() {
    T* to = y.data<T>();
    if (bias.defined()) {
      const T* from = bias.data<T>();
      for (std::int64_t i = 0; i < rows; ++i) {
#pragma omp simd
        for (std::int64_t j = 0; j < out_size; ++j) to[i * out_size + j] = from[j];
      }
    }
    multiply({false, true, rows, out_size, in}, 1, x.data<T>(), weight.data<T>(),
             bias.defined() ? 1 : 0, to);
  });
  auto pullback = [a = Saved(x), w = Saved(weight)](const Cotangent& g, Cotangents& out) {
    if (out.wanted(0)) out.set(0, multiplied(g, w(), false, false, true));
    if (out.wanted(1)) out.set(1, multiplied(g, a(), true, false, true));
    if (out.out.size() > 2 && out.wanted(2)) out.set(2, sum(g.tensor, 0), g.scale);
  };
  if (!bias.defined()) {
    if (recorded({&x, &weight})) record("linear", y, {&x, &weight}, std::move(pullback));
  } else if (recorded({&x, &weight, &bias})) {
    record("linear", y, {&x, &weight, &bias}, std::move(pullback));
  }
  detail::tap("linear", x, weight, bias, y);
  return y;
}

}  // namespace downhill
