#include "downhill/losses/sup_con.h"

#include <limits>

#include "downhill/losses/detail/label_pairs.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/directions.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "downhill/ops/softmax.h"

namespace downhill {
namespace {

/// Which pairs of rows have one label; a row is no pair with itself.
Tensor pairs_of(const Tensor& labels, Type type, bool self) {
  const std::int64_t n = labels.size(0);
  Tensor pairs = Tensor::zeros({n, n}, type);
  const auto all = labels.values<std::int64_t>();
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      const bool same = all[static_cast<std::size_t>(i)] == all[static_cast<std::size_t>(j)];
      if (self ? i == j : (i != j && same)) pairs.set(i * n + j, 1);
    }
  return pairs;
}

}  // namespace

void SupCon::check(std::span<const Tensor> predictions_given,
                   std::span<const Tensor> targets_given) const {
  detail::check_features_and_labels(name.data(), predictions_given[0], targets_given[0]);
}

Tensor SupCon::operator()(const Tensor& features, const Tensor& labels) const {
  const Type type = features.type();
  if (features.size(0) < 2) return sum(features, -1) * 0.0;  // nothing to compare with
  const Tensor z = directions(features);
  const Tensor similar = matmul(z, z, false, true) * (1 / temperature);
  const Tensor self = pairs_of(labels, Type::u8, true), pairs = pairs_of(labels, type, false);
  const Tensor never = Tensor::scalar(-std::numeric_limits<double>::infinity(), type);
  const Tensor all = logsumexp(where(self, never, similar), -1);
  const Tensor count = sum(pairs, -1), one = Tensor::scalar(1, type);
  const Tensor near = sum(similar * pairs, -1), some = count > 0.0;
  const Tensor value = all - near / where(some, count, one);
  return where(some, value, Tensor::scalar(0, type));
}

}  // namespace downhill
