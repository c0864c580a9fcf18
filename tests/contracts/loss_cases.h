#pragma once
#include <cmath>
#include <functional>
#include <string>

#include "downhill/autodiff/functional.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "tests/oracle/losses.h"
#include "tests/support/points.h"

// Sample inputs of every loss of the list, with the oracle of each.

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
  double step = 0.02;
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

inline Case cross_entropy_case(std::string name, CrossEntropy loss, const Tensor& x,
                               const Tensor& target) {
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
  return {std::move(name), loss, {x}, target, [=](const std::vector<Reals>& p, const Reals& w) {
            Real total = 0;
            for (std::size_t i = 0; i < soft.size(); ++i)
              if (counts[i])
                total += w[i] * oracle::cross_entropy(part(p[0], i, classes), soft[i],
                                                      loss.label_smoothing,
                                                      {loss.weight.begin(), loss.weight.end()});
            return total;
          }};
}

inline Tensor binary(const Shape& shape, std::uint64_t seed) {
  return labels(shape, 2, seed).to(Type::f64);
}

/// Numbers that keep away from |p - y| = delta by more than the differences reach.
inline Tensor away_from_kinks(const Tensor& y, double delta) {
  Tensor p = points(y.shape(), 21, -3, 3);
  for (std::int64_t i = 0; i < p.elements(); ++i)
    for (const double kink : {-delta, 0.0, delta})
      if (std::abs(p.at(i) - y.at(i) - kink) < 0.1) p.set(i, y.at(i) + kink + 0.1);
  return p;
}

inline std::vector<Case> cases() {
  const Tensor y = points({13}, 1), x = points({13}, 2, -4, 4), b = binary({13}, 3),
               soft = points({13}, 4, 0, 1);
  const Tensor logits = points({5, 7}, 5), classes({0.0, 6, -100, 3, 2}, Type::i64);
  Tensor shares = points({5, 7}, 6, 0, 1);
  const Tensor image = points({2, 3, 9}, 7, 0.05, 0.95), truth = binary({2, 3, 9}, 8);
  const Tensor anchor = points({5, 4}, 9), positive = points({5, 4}, 10),
               negative = points({5, 4}, 11);
  std::vector<Case> all = {
      pointwise_case("mse", MSE{}, x, y, [](Real p, Real t) { return oracle::mse(p, t); }),
      pointwise_case("mae", MAE{}, away_from_kinks(y, 0), y,
                     [](Real p, Real t) { return oracle::mae(p, t); }),
      pointwise_case("huber", Huber{}, away_from_kinks(y, 1), y,
                     [](Real p, Real t) { return oracle::huber(p, t, 1); }),
      pointwise_case("huber delta 0.7", Huber{.delta = 0.7}, away_from_kinks(y, 0.7), y,
                     [](Real p, Real t) { return oracle::huber(p, t, static_cast<Real>(0.7)); }),
      pointwise_case("bce", BCEWithLogits{}, x, b,
                     [](Real p, Real t) { return oracle::bce_with_logits(p, t, 1); }),
      pointwise_case("bce pos_weight soft", BCEWithLogits{.pos_weight = 3.5}, x, soft,
                     [](Real p, Real t) { return oracle::bce_with_logits(p, t, 3.5); }),
      pointwise_case("bce far logits", BCEWithLogits{.pos_weight = 2}, points({13}, 12, -30, 30), b,
                     [](Real p, Real t) { return oracle::bce_with_logits(p, t, 2); }),
      pointwise_case("bce at logit 0", BCEWithLogits{}, Tensor::zeros({13}, Type::f64), b,
                     [](Real p, Real t) { return oracle::bce_with_logits(p, t, 1); }),
      pointwise_case("huber at 0", Huber{}, y, y,
                     [](Real p, Real t) { return oracle::huber(p, t, 1); }),
      cross_entropy_case("cross_entropy", {}, logits, classes),
      cross_entropy_case("cross_entropy smoothed weighted",
                         {.label_smoothing = 0.1, .weight = {1, 2, 0.5, 3, 1, 1, 0.2}}, logits,
                         classes),
      cross_entropy_case("cross_entropy soft", {}, logits, shares),
      cross_entropy_case("cross_entropy soft smoothed weighted",
                         {.label_smoothing = 0.3, .weight = {1, 2, 0.5, 3, 1, 1, 0.2}}, logits,
                         shares),
  };
  for (const bool full : {false, true})
    all.push_back({"gaussian_nll",
                   GaussianNLL{.full = full},
                   {points({13}, 13), points({13}, 14, 0.3, 3)},
                   y,
                   [y = reals(y), full](const std::vector<Reals>& p, const Reals& w) {
                     Real total = 0;
                     for (std::size_t i = 0; i < y.size(); ++i)
                       total += w[i] * oracle::gaussian_nll(p[0][i], p[1][i], y[i], full);
                     return total;
                   }});
  for (const double smooth : {1.0, 0.0})
    all.push_back({"dice",
                   Dice{.smooth = smooth, .axis = 1},
                   {image},
                   truth,
                   [t = reals(truth), smooth](const std::vector<Reals>& p, const Reals& w) {
                     Real total = 0;
                     for (std::size_t r = 0; r < 6; ++r)
                       total += w[r] * oracle::dice(part(p[0], r, 9), part(t, r, 9), smooth);
                     return total;
                   }});
  all.push_back({"triplet",
                 Triplet{.margin = 2},
                 {anchor, positive, negative},
                 {},
                 [](const std::vector<Reals>& p, const Reals& w) {
                   Real total = 0;
                   for (std::size_t r = 0; r < 5; ++r)
                     total += w[r] * oracle::triplet(part(p[0], r, 4), part(p[1], r, 4),
                                                     part(p[2], r, 4), 2, static_cast<Real>(1e-6));
                   return total;
                 }});
  return all;
}

}  // namespace contract
}  // namespace downhill
