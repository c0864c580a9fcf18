#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "downhill/core/error.h"
#include "downhill/losses/arcface.h"
#include "downhill/losses/cosface.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/index.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "downhill/ops/softmax.h"

// Losses of the cosines of rows with classes: what their headers say.

namespace downhill {
namespace {

using Index = std::int64_t;
constexpr double kBeyondOne = 1e-3;  // more than rounding

void check_cosines(std::string_view loss, const Tensor& cosines, const Tensor& labels) {
  if (cosines.rank() != 2 || cosines.size(1) < 1)
    throw_usage(loss,
                fmt::format("cosines has shape {}; expected (N, classes)", cosines.shape().text()));
  if (labels.type() != Type::i64)
    throw_usage(loss, fmt::format("labels has type {}; expected int64", name_of(labels.type())));
  if (!(labels.shape() == Shape{cosines.size(0)}))
    throw_usage(loss, fmt::format("labels has shape {}; expected ({}), one for each row of cosines",
                                  labels.shape().text(), cosines.size(0)));
  const auto all = labels.values<Index>();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i] < 0 || all[i] >= cosines.size(1))
      throw_usage(loss,
                  fmt::format("labels[{}] = {} is outside [0, {})", i, all[i], cosines.size(1)));
  for (Index i = 0; i < cosines.elements(); ++i)
    if (std::abs(cosines.at(i)) > 1 + kBeyondOne)
      throw_usage(loss, fmt::format("cosines[{}, {}] = {}; expected a cosine in [-1, 1], as "
                                    "nn::CosineClassifier gives",
                                    i / cosines.size(1), i % cosines.size(1), cosines.at(i)));
}

/// Cross-entropy of scale * cosines with the label's own replaced. Around the label's logit, so
/// that a row that is sure and right keeps its digits.
Tensor with_own(const Tensor& cosines, const Tensor& labels, const Tensor& own, double scale) {
  Tensor is_label = Tensor::zeros(cosines.shape(), Type::u8);
  const auto all = labels.values<Index>();
  for (std::size_t i = 0; i < all.size(); ++i)
    is_label.set(static_cast<Index>(i) * cosines.size(1) + all[i], 1);
  const Tensor never = Tensor::scalar(-std::numeric_limits<double>::infinity(), cosines.type());
  if (cosines.size(1) == 1) return own * 0.0;  // one class: nothing to be mistaken for
  const Tensor others = logsumexp(where(is_label, never, cosines * scale), -1);
  return softplus(others - own * scale);
}

}  // namespace

void ArcFace::check(std::span<const Tensor> p, std::span<const Tensor> y) const {
  check_cosines(name, p[0], y[0]);
}
Tensor ArcFace::operator()(const Tensor& cosines, const Tensor& labels) const {
  const Tensor own = pick(cosines, labels), one = Tensor::scalar(1, own.type()),
               zero = Tensor::scalar(0, own.type());
  const Tensor squares = 1.0 - square(own), inside = squares > 0.0;
  const Tensor sine = where(inside, sqrt(where(inside, squares, one)), zero);
  const Tensor turned = own * std::cos(margin) - sine * std::sin(margin);
  const Tensor beyond = own <= std::cos(std::numbers::pi - margin);
  const Tensor falling = own - margin * std::sin(margin);
  return with_own(cosines, labels, where(beyond, falling, turned), scale);
}

void CosFace::check(std::span<const Tensor> p, std::span<const Tensor> y) const {
  check_cosines(name, p[0], y[0]);
}
Tensor CosFace::operator()(const Tensor& cosines, const Tensor& labels) const {
  return with_own(cosines, labels, pick(cosines, labels) - margin, scale);
}

}  // namespace downhill
