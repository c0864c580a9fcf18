#include <limits>

#include "downhill/losses/contrastive.h"
#include "downhill/losses/cosine_embedding.h"
#include "downhill/losses/cosine_similarity.h"
#include "downhill/losses/detail/cosines.h"
#include "downhill/losses/info_nce.h"
#include "downhill/losses/nt_xent.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/directions.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/index.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "downhill/ops/softmax.h"

// Losses of pairs of rows: what their headers say.

namespace downhill {
namespace {

Tensor constant(double value, const Tensor& like) { return Tensor::scalar(value, like.type()); }

/// 1 where a row meets itself.
Tensor selves(std::int64_t n) {
  Tensor self = Tensor::zeros({n, n}, Type::u8);
  for (std::int64_t i = 0; i < n; ++i) self.set(i * n + i, 1);
  return self;
}

}  // namespace

void CosineSimilarity::check(std::span<const Tensor> p, std::span<const Tensor> y) const {
  detail::check_rows(name.data(), "prediction", p[0], "target", y[0]);
}
Tensor CosineSimilarity::operator()(const Tensor& prediction, const Tensor& target) const {
  return 1.0 - detail::cosines(prediction, target);
}

void CosineEmbedding::check(std::span<const Tensor> p, std::span<const Tensor> y) const {
  detail::check_rows(name.data(), "first", p[0], "second", p[1]);
  detail::check_row_targets(name.data(), "target", y[0], p[0], kSigns);
}
Tensor CosineEmbedding::operator()(const Tensor& first, const Tensor& second,
                                   const Tensor& target) const {
  const Tensor cosine = detail::cosines(first, second), alike = (target + 1.0) * 0.5;
  return alike * (1.0 - cosine) + (1.0 - alike) * relu(cosine - margin);
}

void Contrastive::check(std::span<const Tensor> p, std::span<const Tensor> y) const {
  detail::check_rows(name.data(), "first", p[0], "second", p[1]);
  detail::check_row_targets(name.data(), "target", y[0], p[0], kUnit);
}
Tensor Contrastive::operator()(const Tensor& first, const Tensor& second,
                               const Tensor& target) const {
  const Tensor squares = sum(square(first - second), -1), apart = squares.detach() > 0.0;
  const Tensor one = constant(1, first), none = constant(0, first);
  const Tensor distance = where(apart, sqrt(where(apart, squares, one)), none);
  // Nothing of a distance is nothing, also where its square is infinite.
  return target * where(target > 0.0, squares, none) +
         (1.0 - target) * square(relu(margin - distance));
}

void InfoNCE::check(std::span<const Tensor> p, std::span<const Tensor>) const {
  detail::check_rows(name.data(), "first", p[0], "second", p[1]);
}
Tensor InfoNCE::operator()(const Tensor& first, const Tensor& second) const {
  if (first.size(0) == 0) return sum(first, -1) * 0.0;
  const Tensor a = directions(first), b = directions(second);
  const Tensor similar = matmul(a, b, false, true) * (1 / temperature);
  return logsumexp(similar, -1) - sum(a * b, -1) * (1 / temperature);
}

void NTXent::check(std::span<const Tensor> p, std::span<const Tensor>) const {
  detail::check_rows(name.data(), "first", p[0], "second", p[1]);
}
Tensor NTXent::operator()(const Tensor& first, const Tensor& second) const {
  const std::int64_t n = first.size(0);
  if (n == 0) return sum(first, -1) * 0.0;
  const Tensor a = directions(first), b = directions(second);
  const Tensor z = concat({a, b}, 0);
  const Tensor similar = matmul(z, z, false, true) * (1 / temperature);
  const Tensor never = constant(-std::numeric_limits<double>::infinity(), first);
  const Tensor all = logsumexp(where(selves(2 * n), never, similar), -1);
  const Tensor both = slice(all, 0, n) + slice(all, n, 2 * n);
  return both * 0.5 - sum(a * b, -1) * (1 / temperature);
}

}  // namespace downhill
