#include <limits>

#include "downhill/losses/circle.h"
#include "downhill/losses/detail/label_pairs.h"
#include "downhill/losses/multi_similarity.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/directions.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "downhill/ops/softmax.h"

// Losses of the similarities of labelled rows: what their headers say.

namespace downhill {
namespace {

Tensor number(double value, const Tensor& like) { return Tensor::scalar(value, like.type()); }
Tensor never(const Tensor& like) { return number(-std::numeric_limits<double>::infinity(), like); }

Tensor all_cosines(const Tensor& features) {
  const Tensor z = directions(features);
  return matmul(z, z, false, true);
}

/// log sum of e^x over the pairs of each row; 0 for a row without any.
Tensor log_sum(const Tensor& pairs, const Tensor& some, const Tensor& x) {
  const Tensor there = expand(unsqueeze(some, 1), x.shape());
  return logsumexp(where(there, where(pairs, x, never(x)), number(0, x)), -1);
}

/// log(1 + sum of e^x over the pairs of each row).
Tensor log_one_and_sum(const Tensor& pairs, const Tensor& x) {
  const Tensor one = Tensor::zeros({x.size(0), 1}, x.type());
  return logsumexp(concat({one, where(pairs, x, never(x))}, 1), -1);
}

}  // namespace

void Circle::check(std::span<const Tensor> p, std::span<const Tensor> y) const {
  detail::check_features_and_labels(name.data(), p[0], y[0]);
}
Tensor Circle::operator()(const Tensor& features, const Tensor& labels) const {
  if (features.size(0) < 2) return sum(features, -1) * 0.0;  // nothing to compare with
  const detail::LabelPairs pairs(labels);
  const Tensor s = all_cosines(features), held = s.detach();
  const Tensor within = relu(1 + margin - held) * (s - (1 - margin)) * -gamma;
  const Tensor between = relu(held + margin) * (s - margin) * gamma;
  const Tensor value = softplus(log_sum(pairs.apart, pairs.has_apart, between) +
                                log_sum(pairs.alike, pairs.has_alike, within));
  const Tensor none = number(0, s);
  return where(pairs.has_alike, where(pairs.has_apart, value, none), none);
}

void MultiSimilarity::check(std::span<const Tensor> p, std::span<const Tensor> y) const {
  detail::check_features_and_labels(name.data(), p[0], y[0]);
}
Tensor MultiSimilarity::operator()(const Tensor& features, const Tensor& labels) const {
  if (features.size(0) < 2) return sum(features, -1) * 0.0;  // nothing to compare with
  const detail::LabelPairs pairs(labels);
  const Tensor s = all_cosines(features);
  return log_one_and_sum(pairs.alike, (s - base) * -alpha) * (1 / alpha) +
         log_one_and_sum(pairs.apart, (s - base) * beta) * (1 / beta);
}

}  // namespace downhill
