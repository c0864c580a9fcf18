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
  std::string given = "";  ///< what the target is given as, where that is not the usual

  std::string title() const { return loss.name() + given; }
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
    case Takes::logarithm:
    case Takes::log_odds:
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

/// A target for each of two names: times, some of them equal, and events; or sequences of labels,
/// without the first and the last class, and their frames.
inline void two_targets(Sample& s, std::int64_t n, Type type, const Widths& widths) {
  if (s.loss.takes()[0] == Takes::number) {
    Tensor times = points({n}, 9, 0.1, 5, type);
    for (std::int64_t i = 0; i < n; ++i) times.set(i, times.at(i / 3 * 3));
    s.targets = {times, ::labels({n}, 2, 10).to(type)};
    return;
  }
  n = std::min<std::int64_t>(n, 20);
  s.predictions = {points({n, widths.frames, widths.classes}, 1, -3, -0.1, type)};
  Tensor sequence = ::labels({n, widths.frames / 3}, widths.classes - 2, 9);
  for (std::int64_t i = 0; i < sequence.elements(); ++i) sequence.set(i, sequence.at(i) + 1);
  s.targets = {sequence, Tensor::full({n}, static_cast<double>(widths.frames), Type::i64)};
}

/// Whether only 0 and 1 can be this target.
inline bool refuses_shares(const Sample& s) {
  if (s.loss.target_range() != kUnit) return false;
  try {
    s.loss(s.predictions, s.targets);
    return false;
  } catch (const UsageError&) {
    return true;
  }
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
  if (loss.takes_labels()) s.targets = {::labels({n}, widths.classes, 9)};
  else if (loss.entries() > 0) s.targets = {points(s.predictions[0].shape(), 9, -3, 3, type)};
  else if (first == Takes::class_logits) s.targets = {points({n, widths.classes}, 9, 0, 3, type)};
  else if (first == Takes::embedding && range) s.targets = {points({n}, 9, range->low, 1, type)};
  else if (first == Takes::embedding) s.targets = {prediction_for(first, n, 9, type, widths)};
  else if (first == Takes::box) s.targets = {boxes(n, 9, type)};
  else if (first == Takes::logit || first == Takes::probability)
    s.targets = {points({n}, 9, 0, 1, type)};
  else if (range)
    s.targets = {points({n}, 9, std::max(range->low, -3.0), std::min(range->high, 3.0), type)};
  else s.targets = {prediction_for(Takes::number, n, 9, type)};
  if (n > 0 && refuses_shares(s)) s.targets = {::labels(s.targets[0].shape(), 2, 9).to(type)};
  return s;
}

/// Whether int64 labels and shares of the classes, or of a pixel, can both be the target.
template <class L>
bool takes_shares() {
  return Loss(L{}).takes_labels() && !GraphShaped<L> && !requires { L::labels_only; };
}

/// Shares from 0 to 1, every third of them 0; that they sum to 1 no loss demands.
inline Tensor shares(const Shape& shape, std::uint64_t seed, Type type) {
  Tensor y = points(shape, seed, 0, 1, type);
  for (std::int64_t i = 2; i < y.elements(); i += 3) y.set(i, 0);
  return y;
}

/// The same predictions with shares as the target.
template <class L>
Sample with_shares(std::int64_t n, Type type, const Widths& widths = {}) {
  L loss;
  const Sample labelled = sample_of(loss, n, type, widths);
  const Tensor& x = labelled.predictions[0];
  if constexpr (requires { loss.axis; })
    if (x.rank() > 2) loss.axis = 1;  // no labels tell it
  return {loss, {x}, {shares(x.shape(), 11, type)}, " with shares"};
}

/// Of every loss of the list but the named sums, whose terms stand in it themselves; one sample for
/// each kind of target that it takes.
inline std::vector<Sample> samples(std::int64_t n, Type type = Type::f64) {
  std::vector<Sample> all;
  Losses::for_each([&]<class L>() {
    const Loss loss = L{};
    if (loss.terms().size() > 1) return;
    all.push_back(sample_of(loss, n, type));
    if (takes_shares<L>()) all.push_back(with_shares<L>(n, type));
    if constexpr (requires(L l) { l.log_target = true; }) {
      Sample s = with_shares<L>(n, type);
      s.loss = L{.log_target = true};
      s.targets = {points(s.predictions[0].shape(), 12, -3, -0.1, type)};
      s.given = " with logarithms of shares";
      all.push_back(s);
    }
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
