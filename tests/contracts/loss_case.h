#pragma once
#include <cmath>
#include <functional>
#include <string>

#include "downhill/autodiff/functional.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "tests/contracts/loss_samples.h"
#include "tests/oracle/losses.h"
#include "tests/support/points.h"

// A loss with inputs and its oracle, and the ways to make one.

namespace downhill {
namespace contract {

using oracle::Real;
using Reals = std::vector<Real>;

/// A loss with inputs, and what its sum over all items is by the oracle.
struct Case {
  std::string name;
  Loss loss;
  Tensors predictions;
  Tensor target;
  std::function<Real(const std::vector<Reals>& predictions, const Reals& weight)> sum;
  Tensors targets = {};  ///< where there are several

  Inputs all_targets() const { return targets.empty() ? Inputs(target) : Inputs(targets); }
};

inline Reals reals(const Tensor& t) {
  const auto v = t.to_vector();
  return {v.begin(), v.end()};
}
inline Reals part(const Reals& all, std::size_t row, std::size_t width) {
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(row * width);
  return {begin, begin + static_cast<std::ptrdiff_t>(width)};
}

template <class F>
Case pointwise_case(std::string name, Loss loss, Tensor p, const Tensor& y, F item) {
  return {std::move(name),
          std::move(loss),
          {std::move(p)},
          y,
          [y = reals(y), item](const std::vector<Reals>& x, const Reals& w) {
            Real total = 0;
            for (std::size_t i = 0; i < y.size(); ++i) total += w[i] * item(x[0][i], y[i]);
            return total;
          }};
}

/// A loss of classes: item(row of logits, shares of the classes); negative labels are ignored.
template <class F>
Case classes_case(std::string name, Loss loss, const Tensor& x, const Tensor& target, F item) {
  const auto classes = static_cast<std::size_t>(x.size(-1));
  std::vector<Reals> soft;
  std::vector<bool> counts;
  for (std::int64_t i = 0; i < x.size(0); ++i) {
    Reals row(classes, 0);
    if (target.type() != Type::i64) row = part(reals(target), static_cast<std::size_t>(i), classes);
    else if (target.at(i) >= 0) row[static_cast<std::size_t>(target.at(i))] = 1;
    counts.push_back(target.type() != Type::i64 || target.at(i) >= 0);
    soft.push_back(row);
  }
  return {std::move(name),
          std::move(loss),
          {x},
          target,
          [=](const std::vector<Reals>& p, const Reals& w) {
            Real total = 0;
            for (std::size_t i = 0; i < soft.size(); ++i)
              if (counts[i]) total += w[i] * item(part(p[0], i, classes), soft[i]);
            return total;
          }};
}

inline Case cross_entropy_case(std::string name, const CrossEntropy& loss, const Tensor& x,
                               const Tensor& target) {
  return classes_case(std::move(name), loss, x, target, [loss](const Reals& p, const Reals& q) {
    return oracle::cross_entropy(p, q, loss.label_smoothing,
                                 {loss.weight.begin(), loss.weight.end()});
  });
}

inline Tensor binary(const Shape& shape, std::uint64_t seed) {
  return labels(shape, 2, seed).to(Type::f64);
}

/// Numbers that keep away from |p - y| = delta.
inline Tensor away_from_kinks(const Tensor& y, double delta) {
  Tensor p = points(y.shape(), 21, -3, 3);
  for (std::int64_t i = 0; i < p.elements(); ++i)
    for (const double kink : {-delta, 0.0, delta})
      if (std::abs(p.at(i) - y.at(i) - kink) < 0.1)
        p.set(i, static_cast<float>(y.at(i) + kink + 0.1));
  return p;
}

/// A loss of rows of one prediction: item(row of the prediction, row of the target, index).
template <class F>
Case rows_case(std::string name, Loss loss, Tensor p, Tensor y, F item) {
  const auto rows = static_cast<std::size_t>(p.size(0)),
             width = static_cast<std::size_t>(p.elements() / p.size(0)),
             target_width = static_cast<std::size_t>(y.elements() / y.size(0));
  const Reals truth = reals(y);
  return {std::move(name),
          std::move(loss),
          {std::move(p)},
          y,
          [=](const std::vector<Reals>& x, const Reals& w) {
            Real total = 0;
            for (std::size_t i = 0; i < rows; ++i)
              total += w[i] * item(part(x[0], i, width), part(truth, i, target_width), i);
            return total;
          }};
}

/// The rows of a matrix.
inline std::vector<Reals> rows_of(const Reals& all, std::size_t width) {
  std::vector<Reals> rows;
  for (std::size_t i = 0; i * width < all.size(); ++i) rows.push_back(part(all, i, width));
  return rows;
}

}  // namespace contract
}  // namespace downhill
