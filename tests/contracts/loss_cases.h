#pragma once
#include "tests/contracts/loss_case.h"
#include "tests/contracts/loss_cases_classes.h"
#include "tests/contracts/loss_cases_numbers.h"
#include "tests/contracts/loss_cases_similarities.h"
#include "tests/contracts/loss_cases_tensors.h"

// Sample inputs of every loss of the list, with the oracle of each.

namespace downhill {
namespace contract {

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
  all.push_back({"crps_quantiles",
                 CRPSQuantiles{.quantiles = {0.25, 0.5, 0.75}},
                 {points({13, 3}, 18)},
                 three,
                 [t = reals(three)](const std::vector<Reals>& at, const Reals& w) {
                   const double q[] = {0.25, 0.5, 0.75};
                   Real total = 0;
                   for (std::size_t i = 0; i < t.size(); ++i)
                     total +=
                         w[i] * 2 * oracle::quantile(at[0][i], t[i], static_cast<Real>(q[i % 3]));
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
      pointwise_case("bce smoothed", BCEWithLogits{.pos_weight = 2, .label_smoothing = 0.25}, x,
                     soft,
                     [](Real p, Real t) {
                       return oracle::bce_with_logits(p, t * Real(0.75) + Real(0.125), 2);
                     }),
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
  for (const bool squared : {false, true})
    for (const double smooth : {1.0, 0.0})
      all.push_back({"dice",
                     Dice{.smooth = smooth, .squared = squared, .axis = 1},
                     {image},
                     truth,
                     [=, t = reals(truth)](const std::vector<Reals>& p, const Reals& w) {
                       Real total = 0;
                       for (std::size_t r = 0; r < 6; ++r)
                         total +=
                             w[r] * oracle::dice(part(p[0], r, 9), part(t, r, 9), smooth, squared);
                       return total;
                     }});
  for (auto* more : {more_cases, robust_cases, error_cases, distribution_cases, two_class_cases,
                     row_cases, region_cases, view_cases, list_cases, sequence_cases, triplet_cases,
                     labelled_cases, batch_cases, ordered_cases, tempered_cases})
    for (Case& one : more()) all.push_back(std::move(one));
  return all;
}

}  // namespace contract
}  // namespace downhill
