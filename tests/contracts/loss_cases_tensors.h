#pragma once
#include "tests/contracts/loss_case.h"
#include "tests/oracle/loss_classes.h"
#include "tests/oracle/loss_tensors.h"

namespace downhill {
namespace contract {

/// A loss of two matrices of rows: item(first, second, index of the row).
template <class F>
Case two_views_case(std::string name, Loss loss, Tensor target, F item) {
  return {std::move(name),
          std::move(loss),
          {points({6, 4}, 91), points({6, 4}, 92)},
          std::move(target),
          [item](const std::vector<Reals>& x, const Reals& w) {
            const auto a = rows_of(x[0], 4), b = rows_of(x[1], 4);
            Real total = 0;
            for (std::size_t i = 0; i < a.size(); ++i) total += w[i] * item(a, b, i);
            return total;
          }};
}

inline std::vector<Case> view_cases() {
  using Rows = std::vector<Reals>;
  const Tensor target({1.0, -1, 1, -1, -1, 0.5}, Type::f64),
      alike({1.0, 0, 0, 1, 0, 0.5}, Type::f64);
  const Real t = 0.5;
  return {two_views_case("info_nce", InfoNCE{.temperature = 0.5}, {},
                         [=](const Rows& a, const Rows& b, std::size_t i) {
                           return oracle::info_nce(a, b, i, t);
                         }),
          two_views_case("nt_xent", NTXent{}, {},
                         [=](const Rows& a, const Rows& b, std::size_t i) {
                           return oracle::nt_xent(a, b, i, t);
                         }),
          two_views_case("cosine_embedding", CosineEmbedding{.margin = -0.25}, target,
                         [y = reals(target)](const Rows& a, const Rows& b, std::size_t i) {
                           return oracle::cosine_embedding(a[i], b[i], y[i], Real(-0.25));
                         }),
          two_views_case("contrastive", Contrastive{.margin = 3}, alike,
                         [y = reals(alike)](const Rows& a, const Rows& b, std::size_t i) {
                           return oracle::contrastive(a[i], b[i], y[i], 3);
                         }),
          rows_case("cosine_similarity", CosineSimilarity{}, points({6, 4}, 91), points({6, 4}, 92),
                    [](const Reals& a, const Reals& b, auto) { return 1 - oracle::cosine(a, b); })};
}

inline std::vector<Case> list_cases() {
  const Tensor scores = points({4, 5}, 93);
  Tensor relevance = labels({4, 5}, 4, 94).to(Type::f64);
  relevance.set(4, -1);
  relevance.set(10, -1);
  const auto lists = [&](const char* name, Loss loss, auto item) {
    return rows_case(name, std::move(loss), scores, relevance,
                     [item, at = reals(scores)](const Reals& s, const Reals& y, std::size_t q) {
                       return item(s, y, part(at, q, 5));
                     });
  };
  std::vector<Case> all;
  for (const bool softmax : {false, true})
    all.push_back(lists("listnet", ListNet{.softmax = softmax},
                        [=](const Reals& s, const Reals& y, const Reals&) {
                          return oracle::listnet(s, y, softmax);
                        }));
  all.push_back(lists("list_mle", ListMLE{}, [](const Reals& s, const Reals& y, const Reals&) {
    return oracle::list_mle(s, y);
  }));
  all.push_back(lists("ranknet", RankNet{}, [](const Reals& s, const Reals& y, const Reals&) {
    return oracle::ranknet(s, y);
  }));
  all.push_back(
      lists("lambda_rank", LambdaRank{}, [](const Reals& s, const Reals& y, const Reals& at) {
        return oracle::lambda_rank(s, y, at);
      }));
  const Tensor x = points({2, 3, 4}, 95, 0.05, 0.95), truth = binary({2, 3, 4}, 96);
  all.push_back(rows_case("lovasz of probabilities", Lovasz{.from = From::probability}, x, truth,
                          [](const Reals& p, const Reals& y, auto) {
                            Reals errors = p;
                            for (std::size_t i = 0; i < p.size(); ++i)
                              errors[i] = oracle::fabs(y[i] - p[i]);
                            return oracle::lovasz(errors, y);
                          }));
  all.push_back(rows_case("lovasz", Lovasz{}, points({2, 3, 4}, 97), truth,
                          [](const Reals& p, const Reals& y, auto) {
                            Reals errors = p;
                            for (std::size_t i = 0; i < p.size(); ++i)
                              errors[i] = 1 - p[i] * (2 * y[i] - 1);
                            return oracle::lovasz(errors, y);
                          }));
  return all;
}

inline std::vector<Case> sequence_cases() {
  std::vector<Case> all;
  const Tensor time({3.0, 1, 4, 1, 5, 9, 2, 1}, Type::f64),
      event({1.0, 1, 0, 1, 1, 0, 1, 0}, Type::f64);
  for (const bool efron : {false, true}) {
    Case one{
        "cox_ph",
        CoxPH{.ties = efron ? Ties::efron : Ties::breslow},
        {points({8}, 98)},
        {},
        [t = reals(time), e = reals(event), efron](const std::vector<Reals>& x, const Reals& w) {
          Real total = 0;
          for (std::size_t i = 0; i < t.size(); ++i)
            total += w[i] * oracle::cox_ph(x[0], t, e, efron, i);
          return total;
        }};
    one.targets = {time, event};
    all.push_back(std::move(one));
  }
  Case ctc{"ctc",
           CTC{.blank = 1},
           {points({3, 5, 3}, 99, -3, -0.1)},
           {},
           [](const std::vector<Reals>& x, const Reals& w) {
             const std::vector<std::size_t> sequences[] = {{0, 2}, {2, 2}, {0}};
             const std::size_t frames[] = {5, 4, 3};
             Real total = 0;
             for (std::size_t i = 0; i < 3; ++i) {
               auto rows = rows_of(part(x[0], i, 15), 3);
               rows.resize(frames[i]);
               total += w[i] * oracle::ctc(rows, sequences[i], 1);
             }
             return total;
           }};
  ctc.targets = {Tensor::from(std::vector<std::int64_t>{0, 2, 2, 2, 0, -1}, Shape{3, 2}),
                 Tensor::from(std::vector<std::int64_t>{5, 4, 3})};
  all.push_back(std::move(ctc));
  const Tensor y = Tensor({1.0, -1, 1, -1, 1, 1, -1, 0.5, -0.5}, Type::f64);
  all.push_back({"margin_ranking",
                 MarginRanking{.margin = 0.3},
                 {points({9}, 87), points({9}, 88)},
                 y,
                 [y = reals(y)](const std::vector<Reals>& x, const Reals& w) {
                   Real total = 0;
                   for (std::size_t i = 0; i < y.size(); ++i)
                     total += w[i] * std::max(Real(0),
                                              static_cast<Real>(0.3) - y[i] * (x[0][i] - x[1][i]));
                   return total;
                 }});
  const Tensor several({1.0, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0}, Type::f64);
  all.push_back(rows_case("multilabel_margin", MultilabelMargin{}, points({3, 4}, 89),
                          several.reshape({3, 4}), [](const Reals& x, const Reals& t, auto) {
                            Real loss = 0;
                            for (std::size_t a = 0; a < 4; ++a)
                              for (std::size_t b = 0; b < 4; ++b)
                                if (t[a] > 0 && t[b] == 0)
                                  loss += std::max(Real(0), 1 - x[a] + x[b]) / 4;
                            return loss;
                          }));
  return all;
}

}  // namespace contract
}  // namespace downhill
