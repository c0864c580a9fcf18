#pragma once
#include "tests/contracts/loss_case.h"
#include "tests/oracle/loss_classes.h"
#include "tests/oracle/loss_similarities.h"

namespace downhill {
namespace contract {

inline std::vector<Case> triplet_cases() {
  struct Kind {
    TripletDistance distance;
    oracle::Apart apart;
    double p;
  };
  const Kind kinds[] = {{TripletDistance::norm, oracle::Apart::norm, 2},
                        {TripletDistance::norm, oracle::Apart::norm, 1},
                        {TripletDistance::norm, oracle::Apart::norm, 3.5},
                        {TripletDistance::squared, oracle::Apart::squared, 2},
                        {TripletDistance::cosine, oracle::Apart::cosine, 2}};
  std::vector<Case> all;
  for (const Kind& kind : kinds)
    for (const bool swap : {false, true})
      all.push_back({"triplet",
                     Triplet{.margin = 6, .p = kind.p, .swap = swap, .distance = kind.distance},
                     {points({5, 4}, 9), points({5, 4}, 10), points({5, 4}, 11)},
                     {},
                     [=](const std::vector<Reals>& x, const Reals& w) {
                       Real total = 0;
                       for (std::size_t r = 0; r < 5; ++r)
                         total += w[r] * oracle::triplet(part(x[0], r, 4), part(x[1], r, 4),
                                                         part(x[2], r, 4), 6, kind.apart,
                                                         static_cast<Real>(kind.p), swap);
                       return total;
                     }});
  return all;
}

/// A loss of labelled rows: item(rows, labels, index).
template <class F>
Case labelled_case(std::string name, Loss loss, const Tensor& rows, const Tensor& labels, F item) {
  const auto width = static_cast<std::size_t>(rows.size(1));
  return {std::move(name),
          std::move(loss),
          {rows},
          labels,
          [=, y = reals(labels)](const std::vector<Reals>& x, const Reals& w) {
            const auto all = rows_of(x[0], width);
            Real total = 0;
            for (std::size_t i = 0; i < all.size(); ++i) total += w[i] * item(all, y, i);
            return total;
          }};
}

inline std::vector<Case> labelled_cases() {
  using Rows = std::vector<Reals>;
  const Tensor classes = Tensor::from(std::vector<std::int64_t>{0, 1, 0, 2, 1, 0}),
               features = points({6, 3}, 20);
  Tensor cosines = points({6, 4}, 22, -0.8, 0.8);
  cosines.set(4 * 3 + 2, -0.95);  // of label 2: its angle and the margin are above pi
  std::vector<Case> all;
  all.push_back(labelled_case(
      "circle", Circle{.margin = 0.25, .gamma = 3}, features, classes,
      [held = rows_of(reals(features), 3)](const Rows& rows, const Reals& y, std::size_t i) {
        return oracle::circle(rows, y, i, 0.25, 3, held);
      }));
  all.push_back(labelled_case("multi_similarity", MultiSimilarity{.beta = 5}, features, classes,
                              [](const Rows& rows, const Reals& y, std::size_t i) {
                                return oracle::multi_similarity(rows, y, i, 2, 5, 0.5);
                              }));
  all.push_back(labelled_case("arcface", ArcFace{.scale = 4}, cosines, classes,
                              [](const Rows& rows, const Reals& y, std::size_t i) {
                                return oracle::arcface(rows[i], static_cast<std::size_t>(y[i]), 0.5,
                                                       4);
                              }));
  all.push_back(labelled_case("cosface", CosFace{.margin = 0.25, .scale = 4}, cosines, classes,
                              [](const Rows& rows, const Reals& y, std::size_t i) {
                                return oracle::cosface(rows[i], static_cast<std::size_t>(y[i]),
                                                       0.25, 4);
                              }));
  return all;
}

/// Losses with one value for a batch.
inline std::vector<Case> batch_cases() {
  const Tensors views = {points({6, 3}, 23), points({6, 3}, 24)};
  return {{"barlow_twins",
           BarlowTwins{.lambda = 0.5},
           views,
           {},
           [](const std::vector<Reals>& x, const Reals& w) {
             return w[0] * oracle::barlow_twins(rows_of(x[0], 3), rows_of(x[1], 3), 0.5,
                                                static_cast<Real>(1e-5));
           }},
          {"vicreg",
           VICReg{},
           {views[0] * 0.5, views[1] * 0.5},
           {},
           [](const std::vector<Reals>& x, const Reals& w) {
             return w[0] * oracle::vicreg(rows_of(x[0], 3), rows_of(x[1], 3), 25, 25, 1,
                                          static_cast<Real>(1e-4));
           }}};
}

inline std::vector<Case> ordered_cases() {
  using Rows = std::vector<Reals>;
  const Tensor logits = points({6, 3}, 25, -3, 3),
               labels = Tensor::from(std::vector<std::int64_t>{0, 1, 3, 2, 1, 0});
  return {labelled_case("ordinal_logit", OrdinalLogit{}, logits, labels,
                        [](const Rows& rows, const Reals& y, std::size_t i) {
                          return oracle::ordinal_logit(rows[i], static_cast<std::size_t>(y[i]));
                        }),
          labelled_case("corn", Corn{}, logits, labels,
                        [](const Rows& rows, const Reals& y, std::size_t i) {
                          return oracle::corn(rows[i], static_cast<std::size_t>(y[i]));
                        })};
}

}  // namespace contract
}  // namespace downhill
