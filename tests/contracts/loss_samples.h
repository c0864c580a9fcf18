#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "tests/support/points.h"

// Inputs for every loss of the list, made from what it takes: a new loss needs no row here.

namespace downhill {
namespace contract {

/// Seeded numbers that float32 holds: both types are given the same.
inline Tensor points(const Shape& shape, std::uint64_t seed, double low = -2, double high = 2,
                     Type type = Type::f64) {
  return ::points(shape, seed, low, high).to(Type::f32).to(type);
}

struct Sample {
  Loss loss;
  Tensors predictions, targets;
};

inline Tensor boxes(std::int64_t n, std::uint64_t seed, Type type) {
  const Tensor corner = points({n, 2}, seed, 0, 1), size = points({n, 2}, seed + 1, 0.2, 1);
  Tensor all = Tensor::zeros({n, 4}, Type::f64);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t k = 0; k < 2; ++k) {
      all.set(4 * i + k, corner.at(2 * i + k));
      all.set(4 * i + 2 + k, corner.at(2 * i + k) + size.at(2 * i + k));
    }
  return all.to(Type::f32).to(type);
}

/// What n does not say: classes, features of a row, frames of a sequence, and how many rows at most
/// where each is compared with each.
struct Widths {
  std::int64_t classes = 5, features = 4, frames = 6, compared = 150;
};

inline Tensor prediction_for(Takes takes, std::int64_t n, std::uint64_t seed, Type type,
                             const Widths& widths = {}) {
  const std::int64_t classes = widths.classes;
  switch (takes) {
    case Takes::number:
    case Takes::distance:
      return points({n}, seed, -3, 3, type);
    case Takes::log_rate:
      return points({n}, seed, -2, 2, type);
    case Takes::positive:
      return points({n}, seed, 0.3, 3, type);
    case Takes::probability:
      return points({n}, seed, 0.05, 0.95, type);
    case Takes::logit:
      return points({n}, seed, -4, 4, type);
    case Takes::class_logits:
      return points({n, classes}, seed, -2, 2, type);
    case Takes::class_log_probabilities:
      return points({n, classes}, seed, -3, -0.1, type);
    case Takes::cumulative_logits:
    case Takes::continuation_logits:
      return points({n, classes}, seed, -4, 4, type);
    case Takes::class_cosines:
      return points({n, classes}, seed, -0.9, 0.9, type);
    case Takes::embedding:
      return points({n, widths.features}, seed, -2, 2, type);
    case Takes::box:
      return boxes(n, seed, type);
  }
  return {};
}

/// A target for each of two names: times and events, or sequences of labels and their frames.
inline void two_targets(Sample& s, std::int64_t n, Type type, const Widths& widths) {
  if (s.loss.takes()[0] == Takes::number) {
    s.targets = {points({n}, 9, 0.1, 5, type), ::labels({n}, 2, 10).to(type)};
    return;
  }
  n = std::min<std::int64_t>(n, 20);
  s.predictions = {points({n, widths.frames, widths.classes}, 1, -3, -0.1, type)};
  Tensor sequence = ::labels({n, widths.frames / 3}, widths.classes - 1, 9);
  for (std::int64_t i = 0; i < sequence.elements(); ++i) sequence.set(i, sequence.at(i) + 1);
  s.targets = {sequence, Tensor::full({n}, static_cast<double>(widths.frames), Type::i64)};
}

/// About n elements, rows or pixels.
inline Sample sample_of(const Loss& loss, std::int64_t n, Type type, const Widths& widths = {}) {
  const Takes first = loss.takes()[0];
  const bool pairs = first == Takes::embedding && (loss.targets() > 0 || loss.predictions() == 2);
  if (pairs || loss.targets() == 2) n = std::min(n, widths.compared);  // n^2
  Sample s{loss, {}, {}};
  if (loss.takes_labels() && first == Takes::probability) {
    s.predictions = {points({2, 3, n}, 1, 0.05, 0.95, type)};
    s.targets = {::labels({2, n}, 3, 2)};
    return s;
  }
  for (std::size_t k = 0; k < static_cast<std::size_t>(loss.predictions()); ++k)
    s.predictions.push_back(prediction_for(loss.takes()[k], n, 1 + k, type, widths));
  if (loss.entries() > 0)
    s.predictions = {points({n, static_cast<std::int64_t>(loss.entries())}, 1, -3, 3, type)};
  if (loss.targets() == 0) return s;
  const auto& range = loss.target_range();
  if (loss.targets() == 2) {
    two_targets(s, n, type, widths);
    return s;
  }
  const bool binary = loss.name() == "lovasz";  // of the list the one that takes 0 and 1 alone
  if (loss.takes_labels()) s.targets = {::labels({n}, widths.classes, 9)};
  else if (loss.entries() > 0) s.targets = {points(s.predictions[0].shape(), 9, -3, 3, type)};
  else if (binary) s.targets = {::labels({n}, 2, 9).to(type)};
  else if (first == Takes::class_logits) s.targets = {points({n, widths.classes}, 9, 0, 3, type)};
  else if (first == Takes::embedding && range) s.targets = {points({n}, 9, range->low, 1, type)};
  else if (first == Takes::embedding) s.targets = {prediction_for(first, n, 9, type, widths)};
  else if (first == Takes::box) s.targets = {boxes(n, 9, type)};
  else if (first == Takes::logit || first == Takes::probability)
    s.targets = {points({n}, 9, 0, 1, type)};
  else if (range)
    s.targets = {points({n}, 9, std::max(range->low, -3.0), std::min(range->high, 3.0), type)};
  else s.targets = {prediction_for(Takes::number, n, 9, type)};
  return s;
}

/// Of every loss of the list but the named sums, whose terms stand in it themselves.
inline std::vector<Sample> samples(std::int64_t n, Type type = Type::f64) {
  std::vector<Sample> all;
  Losses::for_each([&]<class L>() {
    const Loss loss = L{};
    if (loss.terms().size() == 1) all.push_back(sample_of(loss, n, type));
  });
  return all;
}

inline std::vector<double> joined(const Tensors& tensors) {
  std::vector<double> all;
  for (const Tensor& t : tensors)
    for (const double v : t.to_vector()) all.push_back(v);
  return all;
}

}  // namespace contract
}  // namespace downhill
