#pragma once
#include "tests/oracle/losses.h"

// Losses of pairs, lists, survival times and sequences, as their papers write them.

namespace oracle {

inline Real dot(const Row& a, const Row& b) {
  Real sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
  return sum;
}
inline Real cosine(const Row& a, const Row& b) { return dot(a, b) / sqrt(dot(a, a) * dot(b, b)); }
inline Real cosine_embedding(const Row& a, const Row& b, Real y, Real margin) {
  return (1 + y) / 2 * (1 - cosine(a, b)) + (1 - y) / 2 * std::max(Real(0), cosine(a, b) - margin);
}
/// Hadsell et al. (2006), equation 4, twice.
inline Real contrastive(const Row& a, const Row& b, Real y, Real margin) {
  Real squares = 0;
  for (std::size_t k = 0; k < a.size(); ++k) squares += (a[k] - b[k]) * (a[k] - b[k]);
  const Real near = std::max(Real(0), margin - sqrt(squares));
  return y * squares + (1 - y) * near * near;
}
/// van den Oord et al. (2018), equation 4, for row i.
inline Real info_nce(const std::vector<Row>& a, const std::vector<Row>& b, std::size_t i,
                     Real temperature) {
  Real all = 0;
  for (const Row& other : b) all += exp(cosine(a[i], other) / temperature);
  return log(all) - cosine(a[i], b[i]) / temperature;
}
/// Chen et al. (2020), equation 1, of both views of pair i.
inline Real nt_xent(const std::vector<Row>& a, const std::vector<Row>& b, std::size_t i,
                    Real temperature) {
  const auto one_way = [&](const std::vector<Row>& from, const std::vector<Row>& to) {
    Real all = 0;
    for (std::size_t j = 0; j < to.size(); ++j) {
      all += exp(cosine(from[i], to[j]) / temperature);
      if (j != i) all += exp(cosine(from[i], from[j]) / temperature);
    }
    return log(all) - cosine(from[i], to[i]) / temperature;
  };
  return (one_way(a, b) + one_way(b, a)) / 2;
}

/// Cao et al. (2007); a relevance below 0 is padding.
inline Real listnet(const Row& s, const Row& y, bool softmax) {
  Real total = 0, norm = 0, loss = 0;
  for (std::size_t j = 0; j < s.size(); ++j)
    if (y[j] >= 0) total += exp(s[j]), norm += exp(y[j]);
  for (std::size_t j = 0; j < s.size(); ++j)
    if (y[j] >= 0) loss -= (softmax ? exp(y[j]) / norm : y[j]) * log(exp(s[j]) / total);
  return loss;
}
inline std::vector<std::size_t> falling(const Row& by, const Row& y) {
  std::vector<std::size_t> order;
  for (std::size_t j = 0; j < y.size(); ++j)
    if (y[j] >= 0) order.push_back(j);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return by[a] > by[b]; });
  return order;
}
/// Xia et al. (2008).
inline Real list_mle(const Row& s, const Row& y) {
  const auto order = falling(y, y);
  Real loss = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    Real left = 0;
    for (std::size_t j = k; j < order.size(); ++j) left += exp(s[order[j]]);
    loss -= log(exp(s[order[k]]) / left);
  }
  return loss;
}
inline Real ranknet(const Row& s, const Row& y) {
  Real loss = 0;
  for (std::size_t i = 0; i < s.size(); ++i)
    for (std::size_t j = 0; j < s.size(); ++j)
      if (y[j] >= 0 && y[i] > y[j]) loss += log(1 + exp(s[j] - s[i]));
  return loss;
}
/// Burges (2010): a pair counts by how the gain of the order `ranked` changes when it is exchanged.
inline Real lambda_rank(const Row& s, const Row& y, const Row& ranked) {
  const auto gain = [&](const std::vector<std::size_t>& order) {
    Real sum = 0;
    for (std::size_t r = 0; r < order.size(); ++r)
      sum += (pow(Real(2), y[order[r]]) - 1) / (log(Real(2) + static_cast<Real>(r)) / log(Real(2)));
    return sum;
  };
  const auto order = falling(ranked, y);
  const Real best = gain(falling(y, y)), now = gain(order);
  Real loss = 0;
  for (std::size_t a = 0; a < order.size(); ++a)
    for (std::size_t b = 0; b < order.size(); ++b) {
      if (!(y[order[a]] > y[order[b]])) continue;
      auto exchanged = order;
      std::swap(exchanged[a], exchanged[b]);
      loss += fabs(gain(exchanged) - now) / best * log(1 + exp(s[order[b]] - s[order[a]]));
    }
  return loss;
}

/// Cox (1972) with Breslow's or Efron's ties, for row i.
inline Real cox_ph(const Row& x, const Row& time, const Row& event, bool efron, std::size_t i) {
  if (event[i] == 0) return 0;
  Real all = 0, tied = 0, before = 0, count = 0;
  for (std::size_t j = 0; j < x.size(); ++j) {
    if (time[j] >= time[i]) all += exp(x[j]);
    if (time[j] != time[i] || event[j] == 0) continue;
    tied += exp(x[j]);
    before += j < i ? 1 : 0;
    count += 1;
  }
  return log(all - (efron ? before / count * tied : 0)) - x[i];
}

/// Berman et al. (2018): sum over k of the k-th largest error times the growth of the Jaccard loss.
inline Real lovasz(const Row& errors, const Row& y) {
  const auto order = falling(errors, Row(y.size(), 1));
  const auto jaccard = [&](std::size_t wrong) {
    Real both = 0, either = 0;
    for (std::size_t k = 0; k < order.size(); ++k) {
      const bool truth = y[order[k]] == 1, guess = truth != (k < wrong);
      both += truth && guess ? 1 : 0;
      either += truth || guess ? 1 : 0;
    }
    return either > 0 ? 1 - both / either : 0;
  };
  Real loss = 0;
  for (std::size_t k = 0; k < order.size(); ++k)
    loss += std::max(Real(0), errors[order[k]]) * (jaccard(k + 1) - jaccard(k));
  return loss;
}

/// Graves et al. (2006) by trying every path.
inline Real ctc(const std::vector<Row>& log_p, const std::vector<std::size_t>& labels,
                std::size_t blank) {
  const std::size_t classes = log_p[0].size();
  std::size_t paths = 1;
  for (std::size_t t = 0; t < log_p.size(); ++t) paths *= classes;
  Real total = 0;
  for (std::size_t path = 0; path < paths; ++path) {
    std::vector<std::size_t> merged;
    Real weight = 0;
    std::size_t rest = path, last = blank;
    for (const Row& frame : log_p) {
      const std::size_t c = rest % classes;
      rest /= classes;
      weight += frame[c];
      if (c != blank && c != last) merged.push_back(c);
      last = c;
    }
    if (merged == labels) total += exp(weight);
  }
  return -log(total);
}

}  // namespace oracle
