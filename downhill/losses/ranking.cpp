#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/losses/lambda_rank.h"
#include "downhill/losses/list_mle.h"
#include "downhill/losses/listnet.h"
#include "downhill/losses/ranknet.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "downhill/ops/softmax.h"

// Losses of ranking, by query: what their headers say.

namespace downhill {
namespace {

using Index = std::int64_t;

void check_lists(std::string_view loss, std::span<const Tensor> p, std::span<const Tensor> y) {
  const Tensor &scores = p[0], &relevance = y[0];
  if (scores.rank() != 2)
    throw_usage(loss, fmt::format("scores has shape {}; expected (queries, documents)",
                                  scores.shape().text()));
  if (relevance.type() != scores.type())
    throw_usage(loss, fmt::format("relevance has type {}; expected {}, as scores",
                                  name_of(relevance.type()), name_of(scores.type())));
  if (!(relevance.shape() == scores.shape()))
    throw_usage(loss, fmt::format("scores has shape {} but relevance has shape {}; expected equal "
                                  "shapes",
                                  scores.shape().text(), relevance.shape().text()));
  for (Index i = 0; i < relevance.elements(); ++i)  // below 0: no document is there
    if (std::isnan(relevance.at(i))) throw_usage(loss, fmt::format("relevance[{}] is NaN", i));
}

/// One query's documents that are there, as places in the row.
struct Query {
  Query(const Tensor& relevance, Index row) : first(row * relevance.size(1)) {
    for (Index i = 0; i < relevance.size(1); ++i)
      if (relevance.at(first + i) >= 0) there.push_back(i);
  }
  Index first;
  std::vector<Index> there;
};

/// weight(query, i, j) for the documents that are there, (Q, L, L); 0 elsewhere.
template <class F>
Tensor pairs_of(const Tensor& scores, const Tensor& relevance, F weight) {
  const Index count = scores.size(1);
  Tensor all = Tensor::zeros({scores.size(0), count, count}, scores.type());
  for (Index q = 0; q < scores.size(0); ++q) {
    const Query query(relevance, q);
    const auto w = weight(query);
    for (const Index i : query.there)
      for (const Index j : query.there)
        if (relevance.at(query.first + i) > relevance.at(query.first + j))
          all.set((q * count + i) * count + j, w(i, j));
  }
  return all;
}

/// For each query the sum of weight_ij log(1 + e^(score_j - score_i)) where the weight is above 0.
Tensor pairwise_logistic(const Tensor& scores, const Tensor& weight) {
  const Tensor counts = weight > 0.0, none = Tensor::zeros(weight.shape(), scores.type());
  const Tensor i = expand(unsqueeze(scores, 2), weight.shape()),
               j = expand(unsqueeze(scores, 1), weight.shape());
  const Tensor wrong = where(counts, j, none) - where(counts, i, none);
  return sum(sum(where(counts, softplus(wrong), none) * weight, 2), 1);
}

/// 2^relevance - 1, over 2^most: only ratios count, and these do not overflow.
double gain(double relevance, double most) {
  return std::exp2(relevance - most) - std::exp2(-most);
}
double discount(std::size_t rank) { return 1 / std::log2(2 + static_cast<double>(rank)); }

/// Discounts of the documents by the rank of their scores, and the best discounted gain.
struct Discounts {
  Discounts(const Tensor& scores, const Tensor& relevance, const Query& query)
      : of(static_cast<std::size_t>(scores.size(1)), 0) {
    auto order = query.there;
    const auto fall_by = [&](const Tensor& x) {
      std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
        return x.at(query.first + a) > x.at(query.first + b);
      });
    };
    fall_by(scores);
    for (std::size_t r = 0; r < order.size(); ++r)
      of[static_cast<std::size_t>(order[r])] = discount(r);
    fall_by(relevance);
    if (!order.empty()) most = relevance.at(query.first + order[0]);
    for (std::size_t r = 0; r < order.size(); ++r)
      best += gain(relevance.at(query.first + order[r]), most) * discount(r);
  }
  std::vector<double> of;
  double best = 0, most = 0;  ///< of gains and of relevances
};

}  // namespace

void ListNet::check(std::span<const Tensor> p, std::span<const Tensor> y) const {
  check_lists(name, p, y);
}
Tensor ListNet::operator()(const Tensor& scores, const Tensor& relevance) const {
  const Type type = scores.type();
  const Tensor there = relevance >= 0.0, none = Tensor::zeros(scores.shape(), type);
  const Tensor never = Tensor::full(scores.shape(), -std::numeric_limits<double>::infinity(), type);
  const Tensor some =
      max(where(there, none + 1.0, none), -1, true) > 0.0;  // a query with documents
  const Tensor kept = where(expand(some, scores.shape()), where(there, scores, never), none);
  const Tensor asked = where(there, relevance, none);
  const Tensor target =
      softmax ? where(there, downhill::softmax(where(there, relevance, never), -1), none) : asked;
  const Tensor nats =
      expand(logsumexp(kept, -1, true), scores.shape()) - where(there, scores, none);
  return sum(where(target > 0.0, target * nats, none), -1);
}

void ListMLE::check(std::span<const Tensor> p, std::span<const Tensor> y) const {
  check_lists(name, p, y);
}
Tensor ListMLE::operator()(const Tensor& scores, const Tensor& relevance) const {
  const Index queries = scores.size(0), count = scores.size(1);
  const Shape pairs = {queries, count, count};
  // Row i of a query: 0 for those that are drawn with i or after it, -inf for the others.
  Tensor left = Tensor::full(pairs, -std::numeric_limits<double>::infinity(), scores.type());
  Tensor there = Tensor::zeros(scores.shape(), Type::u8);
  for (Index q = 0; q < queries; ++q) {
    Query query(relevance, q);
    std::stable_sort(query.there.begin(), query.there.end(), [&](Index a, Index b) {
      return relevance.at(query.first + a) > relevance.at(query.first + b);
    });
    for (std::size_t k = 0; k < query.there.size(); ++k) {
      there.set(query.first + query.there[k], 1);
      for (std::size_t j = k; j < query.there.size(); ++j)
        left.set((query.first + query.there[k]) * count + query.there[j], 0);
    }
    for (Index i = 0; i < count; ++i)  // of what is not there: itself, and not counted below
      if (there.at(query.first + i) == 0) left.set((query.first + i) * count + i, 0);
  }
  const Tensor none = Tensor::zeros(scores.shape(), scores.type());
  const Tensor known = where(there, scores, none);
  const Tensor all = logsumexp(expand(unsqueeze(known, 1), pairs) + left, -1);
  return sum(where(there, all - known, none), -1);
}

void RankNet::check(std::span<const Tensor> p, std::span<const Tensor> y) const {
  check_lists(name, p, y);
}
Tensor RankNet::operator()(const Tensor& scores, const Tensor& relevance) const {
  return pairwise_logistic(scores, pairs_of(scores, relevance, [](const Query&) {
                             return [](Index, Index) { return 1.0; };
                           }));
}

void LambdaRank::check(std::span<const Tensor> p, std::span<const Tensor> y) const {
  check_lists(name, p, y);
}
Tensor LambdaRank::operator()(const Tensor& scores, const Tensor& relevance) const {
  return pairwise_logistic(
      scores, pairs_of(scores, relevance, [&](const Query& query) {
        return [&, d = Discounts(scores, relevance, query)](Index i, Index j) {
          const double gains = gain(relevance.at(query.first + i), d.most) -
                               gain(relevance.at(query.first + j), d.most);
          return gains *
                 std::abs(d.of[static_cast<std::size_t>(i)] - d.of[static_cast<std::size_t>(j)]) /
                 d.best;
        };
      }));
}

}  // namespace downhill
