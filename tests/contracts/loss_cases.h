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

/// Numbers that keep away from |p - y| = delta by more than the differences reach.
inline Tensor away_from_kinks(const Tensor& y, double delta) {
  Tensor p = points(y.shape(), 21, -3, 3);
  for (std::int64_t i = 0; i < p.elements(); ++i)
    for (const double kink : {-delta, 0.0, delta})
      if (std::abs(p.at(i) - y.at(i) - kink) < 0.1) p.set(i, y.at(i) + kink + 0.1);
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

inline std::vector<Case> more_cases() {
  const Tensor y = points({13}, 1), x = points({13}, 2, -4, 4), b = binary({13}, 3),
               soft = points({13}, 4, 0, 1), p = points({13}, 15, 0.05, 0.95);
  const Tensor p4 = boxes(7, 51, Type::f64), y4 = boxes(7, 61, Type::f64);
  const Real eps = static_cast<Real>(1e-7);
  std::vector<Case> all = {
      pointwise_case("bce", BCE{}, p, b, [](Real a, Real t) { return oracle::bce(a, t); }),
      pointwise_case("bce soft", BCE{}, p, soft, [](Real a, Real t) { return oracle::bce(a, t); }),
      pointwise_case("focal", Focal{}, x, b,
                     [](Real a, Real t) { return oracle::focal(a, t, 2, 0.25); }),
      pointwise_case("focal soft", Focal{.gamma = 1.5, .alpha = 0.75}, x, soft,
                     [](Real a, Real t) { return oracle::focal(a, t, 1.5, 0.75); }),
      pointwise_case("asymmetric", Asymmetric{.of = Huber{.delta = 0.5}, .under = 10, .over = 2},
                     away_from_kinks(y, 0.5), y,
                     [](Real a, Real t) { return oracle::asymmetric(a, t, 10, 2, 0.5); }),
      rows_case("giou", GIoU{}, p4, y4,
                [=](const Reals& a, const Reals& t, auto) { return oracle::giou(a, t, eps); }),
      rows_case("ciou", CIoU{}, p4, y4,
                [=, at = reals(p4)](const Reals& a, const Reals& t, std::size_t i) {
                  return oracle::ciou(a, t, eps, oracle::ciou_alpha(part(at, i, 4), t, eps));
                }),
      rows_case("gaussian_nll packed", GaussianNLL{}, points({13, 2}, 17, 0.4, 3), y,
                [](const Reals& a, const Reals& t, auto) {
                  return oracle::gaussian_nll(a[0], a[1], t[0], false);
                })};
  const Tensor counts = points({13}, 22, 0, 5);
  const Real tiny = static_cast<Real>(1e-8);
  all.push_back(pointwise_case(
      "smooth_l1", SmoothL1{.beta = 0.7}, away_from_kinks(y, 0.7), y,
      [](Real a, Real t) { return oracle::smooth_l1(a, t, static_cast<Real>(0.7)); }));
  all.push_back(pointwise_case(
      "quantile", Quantile{.quantile = 0.9}, away_from_kinks(y, 0), y,
      [](Real a, Real t) { return oracle::quantile(a, t, static_cast<Real>(0.9)); }));
  for (const bool full : {false, true}) {
    all.push_back(pointwise_case(
        "poisson_nll", PoissonNLL{.full = full}, x, counts,
        [=](Real a, Real t) { return oracle::poisson_nll(a, t, true, full, tiny); }));
    all.push_back(pointwise_case(
        "poisson_nll of rates", PoissonNLL{.log_input = false, .full = full},
        points({13}, 23, 0.3, 3), counts,
        [=](Real a, Real t) { return oracle::poisson_nll(a, t, false, full, tiny); }));
  }
  const Tensor three = points({13, 3}, 19, 0, 1);
  all.push_back({"quantile several",
                 Quantile{.quantile = {0.1, 0.5, 0.8}},
                 {points({13, 3}, 18)},
                 three,
                 [t = reals(three)](const std::vector<Reals>& at, const Reals& w) {
                   const double q[] = {0.1, 0.5, 0.8};
                   Real total = 0;
                   for (std::size_t i = 0; i < t.size(); ++i)
                     total += w[i] * oracle::quantile(at[0][i], t[i], static_cast<Real>(q[i % 3]));
                   return total;
                 }});
  all.push_back(
      {"bce_with_logits per class",
       BCEWithLogits{.pos_weight = {1, 4, 0.5}},
       {points({13, 3}, 18)},
       points({13, 3}, 19, 0, 1),
       [t = reals(points({13, 3}, 19, 0, 1))](const std::vector<Reals>& at, const Reals& w) {
         const Real price[] = {1, 4, 0.5};
         Real total = 0;
         for (std::size_t i = 0; i < t.size(); ++i)
           total += w[i] * oracle::bce_with_logits(at[0][i], t[i], price[i % 3]);
         return total;
       }});
  const Tensor image = points({2, 3, 9}, 7, 0.05, 0.95), truth = points({2, 3, 9}, 8, 0, 1);
  all.push_back(rows_case("generalized_dice", GeneralizedDice{.axis = 1}, image, truth,
                          [](const Reals& a, const Reals& t, auto) {
                            return oracle::generalized_dice(rows_of(a, 9), rows_of(t, 9), 1);
                          }));
  const Tensor classes = Tensor::from(std::vector<std::int64_t>{0, 1, 0, 2, 1, 0});
  all.push_back({"sup_con",
                 SupCon{.temperature = 0.5},
                 {points({6, 3}, 20)},
                 classes,
                 [t = reals(classes)](const std::vector<Reals>& at, const Reals& w) {
                   Real total = 0;
                   for (std::size_t i = 0; i < 6; ++i)
                     total += w[i] * oracle::sup_con(rows_of(at[0], 3), t, 0.5, i);
                   return total;
                 }});
  return all;
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
  const std::vector<double> weight = {1, 2, 0.5, 3, 1, 1, 0.2}, prior = {50, 20, 10, 8, 6, 4, 2};
  const Reals weights(weight.begin(), weight.end()), priors(prior.begin(), prior.end());
  for (const Tensor& target : {classes, shares}) {
    all.push_back(classes_case(
        "poly1", Poly1{.epsilon = 2, .weight = weight}, logits, target,
        [=](const Reals& x_row, const Reals& q) { return oracle::poly1(x_row, q, 2, weights); }));
    all.push_back(classes_case("logit_adjusted",
                               LogitAdjusted{.tau = 1.5, .prior = prior, .weight = weight}, logits,
                               target, [=](const Reals& x_row, const Reals& q) {
                                 return oracle::logit_adjusted(x_row, q, 1.5, priors, weights);
                               }));
  }
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
  for (Case& one : more_cases()) all.push_back(std::move(one));
  return all;
}

}  // namespace contract
}  // namespace downhill
