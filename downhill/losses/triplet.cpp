#include "downhill/losses/triplet.h"

#include "downhill/losses/detail/cosines.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/directions.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"

namespace downhill {
namespace {

/// The p-norm of each row, divided by the largest entry, a constant that cancels: no power
/// overflows or underflows.
Tensor norm_of_rows(const Tensor& difference, double p) {
  if (p == 2) return lengths(difference);
  if (p == 1) return sum(abs(difference), -1);
  const Type type = difference.type();
  const Tensor largest = max(abs(difference.detach()), -1, true);
  const Tensor one = Tensor::scalar(1, type), zero = Tensor::scalar(0, type);
  const Tensor apart = squeeze(largest, -1) > 0.0;
  const Tensor unit = where(largest > 0.0, largest, one), scaled = difference / unit;
  const Tensor there = abs(scaled.detach()) > 0.0;
  const Tensor powers = where(there, pow(where(there, abs(scaled), one), p), zero);
  const Tensor total = where(apart, sum(powers, -1), one);
  return where(apart, pow(total, 1 / p) * squeeze(unit, -1), zero);
}

}  // namespace

Tensor Triplet::operator()(const Tensor& anchor, const Tensor& positive,
                           const Tensor& negative) const {
  const auto between = [&](const Tensor& a, const Tensor& b) {
    switch (distance) {
      case TripletDistance::squared:
        return sum(square(a - b), -1);
      case TripletDistance::cosine:
        return 1.0 - detail::cosines(a, b);
      case TripletDistance::norm:
        break;
    }
    return norm_of_rows(a - b + eps, p);
  };
  Tensor far = between(anchor, negative);
  if (swap) far = minimum(far, between(positive, negative));
  return relu(between(anchor, positive) - far + margin);
}

}  // namespace downhill
