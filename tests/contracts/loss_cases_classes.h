#pragma once
#include "tests/contracts/loss_case.h"
#include "tests/oracle/loss_classes.h"

namespace downhill {
namespace contract {

inline std::vector<Case> two_class_cases() {
  const Tensor x = points({13}, 2, -4, 4), b = binary({13}, 3), soft = points({13}, 4, 0, 1),
               sign = Tensor(b) * 2.0 - 1.0;
  std::vector<Case> all;
  const auto add = [&](const char* name, Loss loss, const Tensor& y, auto item) {
    all.push_back(pointwise_case(name, std::move(loss), x, y, item));
  };
  for (const Tensor& y : {b, soft}) {
    add("asymmetric_focal", AsymmetricFocal{}, y, [](Real a, Real t) {
      return oracle::asymmetric_focal(a, t, 1, 4, static_cast<Real>(0.05));
    });
    add("asymmetric_focal", AsymmetricFocal{.gamma_pos = 0.5, .gamma_neg = 2.5, .clip = 0}, y,
        [](Real a, Real t) { return oracle::asymmetric_focal(a, t, 0.5, 2.5, 0); });
    add("multilabel_soft_margin", MultilabelSoftMargin{.weight = 1.5}, y,
        [](Real a, Real t) { return Real(1.5) * oracle::bce_with_logits(a, t, 1); });
  }
  add("hinge", Hinge{}, sign, [](Real a, Real t) { return oracle::hinge(a, t); });
  add("squared_hinge", SquaredHinge{}, sign,
      [](Real a, Real t) { return oracle::hinge(a, t) * oracle::hinge(a, t); });
  add("perceptron", Perceptron{}, sign, [](Real a, Real t) { return std::max(Real(0), -a * t); });
  add("soft_margin", SoftMargin{}, sign,
      [](Real a, Real t) { return oracle::log(1 + oracle::exp(-a * t)); });
  for (const Tensor& y : {sign, soft})
    add("hinge_embedding", HingeEmbedding{.margin = 0.9}, y,
        [](Real a, Real t) { return oracle::hinge_embedding(a, t, static_cast<Real>(0.9)); });
  return all;
}

/// Few and small: lambda is found by bisection.
inline std::vector<Case> tempered_cases() {
  const Tensor x = points({3, 4}, 5, -2, 2), classes({0.0, -100, 3}, Type::i64),
               shares = points({3, 4}, 6, 0, 1);
  const std::vector<double> weight = {1, 2, 0.5, 3};
  std::vector<Case> all;
  for (const Tensor& y : {classes, shares})
    for (const auto& [first, second] :
         {std::pair(1.0, 1.0), std::pair(0.8, 1.2), std::pair(0.3, 1.4), std::pair(0.8, 3.0)}) {
      const Real t1 = static_cast<Real>(first), t2 = static_cast<Real>(second);
      all.push_back(classes_case("bi_tempered",
                                 BiTempered{.t1 = first, .t2 = second, .weight = weight}, x, y,
                                 [=](const Reals& p, const Reals& q) {
                                   Real price = 0;
                                   for (std::size_t c = 0; c < q.size(); ++c)
                                     price += q[c] * static_cast<Real>(weight[c]);
                                   return price * oracle::bi_tempered(p, q, t1, t2);
                                 }));
    }
  return all;
}

inline std::vector<Case> row_cases() {
  const Tensor x = points({5, 7}, 5, -2, 2), logs = points({5, 7}, 85, -3, -0.1),
               classes({0.0, 6, -100, 3, 2}, Type::i64), shares = points({5, 7}, 6, 0, 1);
  const std::vector<double> weight = {1, 2, 0.5, 3, 1, 1, 0.2}, counts = {90, 30, 20, 9, 5, 2, 1};
  const Reals w(weight.begin(), weight.end()), n(counts.begin(), counts.end());
  std::vector<Case> all;
  for (const Tensor& y : {classes, shares}) {
    const auto add = [&](const char* name, Loss loss, const Tensor& p, auto item) {
      all.push_back(classes_case(name, std::move(loss), p, y, item));
    };
    add("nll", NLL{.weight = weight}, logs,
        [=](const Reals& p, const Reals& q) { return oracle::nll(p, q, w); });
    add("kl_div", KLDiv{}, logs,
        [](const Reals& p, const Reals& q) { return oracle::kl_div(p, q); });
    add("js_div", JSDiv{}, logs,
        [](const Reals& p, const Reals& q) { return oracle::js_div(p, q); });
    for (const double gamma : {0.5, 2.0})
      add("focal_cross_entropy", FocalCrossEntropy{.gamma = gamma, .weight = weight}, x,
          [=](const Reals& p, const Reals& q) {
            return oracle::by_probability(p, q, w, [=](Real v) {
              return -oracle::pow(1 - v, static_cast<Real>(gamma)) * oracle::log(v);
            });
          });
    add("generalized_cross_entropy", GeneralizedCrossEntropy{.q = 0.5, .weight = weight}, x,
        [=](const Reals& p, const Reals& q) {
          return oracle::by_probability(p, q, w,
                                        [](Real v) { return (1 - oracle::sqrt(v)) / Real(0.5); });
        });
    add("symmetric_cross_entropy", SymmetricCrossEntropy{.alpha = 0.5, .beta = 2, .weight = weight},
        x, [=](const Reals& p, const Reals& q) {
          return oracle::symmetric_cross_entropy(p, q, 0.5, 2, -4, w);
        });
    add("earth_mover", EarthMover{}, x,
        [](const Reals& p, const Reals& q) { return oracle::earth_mover(p, q); });
  }
  all.push_back(classes_case("kl_div of logarithms", KLDiv{.log_target = true}, logs,
                             points({5, 7}, 86, -3, -0.2), [](const Reals& p, const Reals& q) {
                               Reals y = q;
                               for (Real& v : y) v = oracle::exp(v);
                               return oracle::kl_div(p, y);
                             }));
  const auto label = [](const Reals& q) { return oracle::label_of(q); };
  const auto add = [&](const char* name, Loss loss, auto item) {
    all.push_back(classes_case(name, std::move(loss), x, classes, item));
  };
  for (const double p : {1.0, 2.0})
    add("multi_margin", MultiMargin{.p = p, .margin = 0.7, .weight = weight},
        [=](const Reals& a, const Reals& q) {
          return w[label(q)] *
                 oracle::multi_margin(a, label(q), static_cast<Real>(p), static_cast<Real>(0.7));
        });
  add("crammer_singer", CrammerSinger{.weight = weight}, [=](const Reals& a, const Reals& q) {
    return w[label(q)] * oracle::crammer_singer(a, label(q));
  });
  add("sparsemax", Sparsemax{.weight = weight},
      [=](const Reals& a, const Reals& q) { return w[label(q)] * oracle::sparsemax(a, label(q)); });
  add("ldam", LDAM{.counts = counts, .scale = 2, .weight = weight},
      [=](const Reals& a, const Reals& q) {
        return w[label(q)] * oracle::ldam(a, label(q), n, 0.5, 2);
      });
  return all;
}

inline std::vector<Case> region_cases() {
  const Tensor image = points({2, 3, 9}, 7, 0.05, 0.95), truth = binary({2, 3, 9}, 8);
  const auto region = [&](const char* name, Loss loss, auto item) {
    return Case{name,
                std::move(loss),
                {image},
                truth,
                [t = reals(truth), item](const std::vector<Reals>& p, const Reals& w) {
                  Real total = 0;
                  for (std::size_t r = 0; r < 6; ++r)
                    total += w[r] * item(part(p[0], r, 9), part(t, r, 9));
                  return total;
                }};
  };
  const Tensor p4 = boxes(7, 51, Type::f64), y4 = boxes(7, 61, Type::f64);
  const Real eps = static_cast<Real>(1e-7), alpha = static_cast<Real>(0.3),
             beta = static_cast<Real>(0.7);
  return {
      region("jaccard", Jaccard{.axis = 1},
             [](const Reals& p, const Reals& y) { return oracle::tversky(p, y, 1, 1, 1); }),
      region("tversky", Tversky{.alpha = 0.3, .beta = 0.7, .smooth = 2, .axis = 1},
             [=](const Reals& p, const Reals& y) { return oracle::tversky(p, y, alpha, beta, 2); }),
      region("focal_tversky", FocalTversky{.axis = 1},
             [=](const Reals& p, const Reals& y) {
               return oracle::pow(oracle::tversky(p, y, alpha, beta, 1), Real(0.75));
             }),
      rows_case("iou", IoU{}, p4, y4,
                [=](const Reals& a, const Reals& t, auto) { return oracle::iou(a, t, eps); }),
      rows_case("diou", DIoU{}, p4, y4, [=](const Reals& a, const Reals& t, auto) {
        const oracle::CIoUParts c = oracle::ciou_parts(a, t, eps);
        return 1 - c.overlap + c.distance;
      })};
}

}  // namespace contract
}  // namespace downhill
