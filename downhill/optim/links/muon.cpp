#include "downhill/optim/links/muon.h"

#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/core/parallel.h"
#include "downhill/optim/context.h"
#include "downhill/optim/detail/block_sum.h"
#include "downhill/tensor/product.h"

namespace downhill {
namespace {

// Newton's and Schulz's iteration on X (r x c), on the shorter side.
template <class T>
void orthogonalise(std::int64_t r, std::int64_t c, std::int64_t iterations, Tensor& x) {
  constexpr double kA = 3.4445, kB = -4.7750, kC = 2.0315;
  const bool tall = r > c;
  const std::int64_t n = std::min(r, c);
  const Tensor square = Tensor::empty({n, n}, x.type()), mix = square.clone();
  Tensor next = Tensor::empty(x.shape(), x.type());
  for (std::int64_t i = 0; i < iterations; ++i) {
    // A = X X^T (X^T X if tall), B = b A + c A A, X = a X + B X (X B).
    multiply({.transpose_a = tall, .transpose_b = !tall, .m = n, .n = n, .k = std::max(r, c)}, 1,
             x.data<T>(), x.data<T>(), 0, square.data<T>());
    std::copy_n(square.data<T>(), n * n, mix.data<T>());
    multiply({.m = n, .n = n, .k = n}, kC, square.data<T>(), square.data<T>(), kB, mix.data<T>());
    std::copy_n(x.data<T>(), r * c, next.data<T>());
    multiply({.m = r, .n = c, .k = n}, 1, tall ? x.data<T>() : mix.data<T>(),
             tall ? mix.data<T>() : x.data<T>(), kA, next.data<T>());
    std::swap(x, next);
  }
}

}  // namespace

StateShapes ScaleByMuon::states(const Shape& parameter) {
  if (parameter.rank() != 2)
    throw_usage("scale_by_muon", "a parameter of shape " + parameter.text() +
                                     " is no matrix; use muon, which gives it to Adam, or a group");
  return {{"momentum_buffer", parameter}};
}

void ScaleByMuon::run(std::span<Part> parts, Context& context) const {
  const double keep = momentum.at(context.step.index);
  for (Part& part : parts) {
    const std::int64_t r = part.parameter.size(0), c = part.parameter.size(1);
    if (r == 0 || c == 0) continue;
    with_floating(part.parameter.type(), [&]<class T>() {
      T *d = part.direction.data<T>(), *m = part.states[0].template data<T>();
      parallel_blocks(r * c, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
          const double g = static_cast<double>(d[i]);
          const double sum = keep * static_cast<double>(m[i]) + g;
          m[i] = static_cast<T>(sum);
          d[i] = static_cast<T>(nesterov ? g + keep * sum : sum);
        }
      });
      const double length = std::sqrt(detail::block_sum(r * c, [&](std::int64_t i) {
        return static_cast<double>(d[i]) * static_cast<double>(d[i]);
      }));
      for (std::int64_t i = 0; i < r * c; ++i)
        d[i] = static_cast<T>(static_cast<double>(d[i]) / (length + 1e-7));
      Tensor x = part.direction;
      orthogonalise<T>(r, c, iterations, x);
      const double rows = static_cast<double>(r), columns = static_cast<double>(c);
      const double size = scale == MuonScale::tall ? std::sqrt(std::max(1.0, rows / columns))
                                                   : 0.2 * std::sqrt(std::max(rows, columns));
      for (T& v : x.template values<T>()) v = static_cast<T>(size * static_cast<double>(v));
      part.direction = x;
    });
  }
}

}  // namespace downhill
