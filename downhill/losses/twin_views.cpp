#include <algorithm>

#include "downhill/losses/barlow_twins.h"
#include "downhill/losses/detail/cosines.h"
#include "downhill/losses/vicreg.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"

// Losses of the features of two views over a batch: what their headers say.

namespace downhill {
namespace {

Tensor nothing(const Tensor& first, const Tensor& second) {
  return (sum(first) + sum(second)) * 0.0;
}

Tensor centred(const Tensor& x) { return x - mean(x, 0, true); }

/// 1 on the diagonal of a square matrix, or off it.
Tensor diagonal(const Tensor& square_one, bool off) {
  const std::int64_t n = square_one.size(0);
  Tensor mask = Tensor::full({n, n}, off ? 1 : 0, square_one.type());
  for (std::int64_t i = 0; i < n; ++i) mask.set(i * n + i, off ? 0 : 1);
  return mask;
}

Tensor standard(const Tensor& x, double eps) {
  const Tensor from_mean = centred(x);
  return from_mean / sqrt(mean(square(from_mean), 0, true) + eps);
}

/// What rows divide a sum of squares by.
double degrees(const Tensor& x) {
  return static_cast<double>(std::max<std::int64_t>(x.size(0) - 1, 1));
}
Tensor too_small(const Tensor& from_mean, double eps) {
  const Tensor variance = sum(square(from_mean), 0) / degrees(from_mean);
  return mean(relu(1.0 - sqrt(variance + eps)));
}
Tensor repeated(const Tensor& from_mean) {
  const Tensor covariance = matmul(from_mean, from_mean, true, false) / degrees(from_mean);
  return sum(square(covariance) * diagonal(covariance, true)) /
         static_cast<double>(from_mean.size(1));
}

}  // namespace

void BarlowTwins::check(std::span<const Tensor> p, std::span<const Tensor>) const {
  detail::check_rows(name.data(), "first", p[0], "second", p[1]);
}
Tensor BarlowTwins::operator()(const Tensor& first, const Tensor& second) const {
  if (first.elements() == 0) return nothing(first, second);
  const auto rows = static_cast<double>(first.size(0));
  const Tensor c = matmul(standard(first, eps), standard(second, eps), true, false) / rows;
  const Tensor own = diagonal(c, false), others = diagonal(c, true);
  return sum(square(1.0 - c) * own) + sum(square(c) * others) * lambda;
}

void VICReg::check(std::span<const Tensor> p, std::span<const Tensor>) const {
  detail::check_rows(name.data(), "first", p[0], "second", p[1]);
}
Tensor VICReg::operator()(const Tensor& first, const Tensor& second) const {
  if (first.elements() == 0) return nothing(first, second);
  const Tensor a = centred(first), b = centred(second);
  return mean(square(first - second)) * invariance +
         (too_small(a, eps) + too_small(b, eps)) * (0.5 * variance) +
         (repeated(a) + repeated(b)) * covariance;
}

}  // namespace downhill
