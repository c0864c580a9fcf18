#pragma once
#include "tests/oracle/losses.h"

// Losses of classes, regions and boxes, as their papers write them.

namespace oracle {

/// Ben-Baruch et al. (2020), equations 4 to 7.
inline Real asymmetric_focal(Real x, Real y, Real pos, Real neg, Real clip) {
  const Real p = 1 / (1 + exp(-x)), n = std::max(p - clip, Real(0));
  return -y * pow(1 - p, pos) * log(p) - (1 - y) * pow(n, neg) * log(1 - n);
}
inline Real hinge(Real x, Real y) { return std::max(Real(0), 1 - y * x); }
inline Real hinge_embedding(Real x, Real y, Real margin) {
  return (1 + y) / 2 * x + (1 - y) / 2 * std::max(Real(0), margin - x);
}

inline Row softmax(const Row& x) {
  Row p = x;
  Real total = 0;
  for (Real& v : p) total += v = exp(v - *std::max_element(x.begin(), x.end()));
  for (Real& v : p) v /= total;
  return p;
}
inline Real weight_at(const Row& weight, std::size_t c) { return weight.empty() ? 1 : weight[c]; }
/// sum_c w_c y_c f(p_c).
template <class F>
Real by_probability(const Row& x, const Row& y, const Row& weight, F f) {
  const Row p = softmax(x);
  Real loss = 0;
  for (std::size_t c = 0; c < x.size(); ++c)
    if (y[c] != 0) loss += weight_at(weight, c) * y[c] * f(p[c]);
  return loss;
}
inline Real nll(const Row& x, const Row& y, const Row& weight) {
  Real loss = 0;
  for (std::size_t c = 0; c < x.size(); ++c)
    if (y[c] != 0) loss -= weight_at(weight, c) * y[c] * x[c];
  return loss;
}
inline Real kl_div(const Row& x, const Row& y) {
  Real loss = 0;
  for (std::size_t c = 0; c < x.size(); ++c)
    if (y[c] != 0) loss += y[c] * (log(y[c]) - x[c]);
  return loss;
}
inline Real js_div(const Row& x, const Row& y) {
  Real loss = 0;
  for (std::size_t c = 0; c < x.size(); ++c) {
    const Real p = exp(x[c]), m = (p + y[c]) / 2;
    loss += p * log(p / m) / 2 + (y[c] > 0 ? y[c] * log(y[c] / m) / 2 : 0);
  }
  return loss;
}
/// Wang et al. (2019), equation 7.
inline Real symmetric_cross_entropy(const Row& x, const Row& y, Real alpha, Real beta, Real zero,
                                    const Row& weight) {
  const Row p = softmax(x);
  Real reverse = 0, all = 0;
  for (std::size_t c = 0; c < x.size(); ++c) {
    all += weight_at(weight, c) * y[c];
    reverse -= p[c] * (y[c] > 0 ? std::max(log(y[c]), zero) : zero);
  }
  return alpha * cross_entropy(x, y, 0, weight) + beta * all * reverse;
}
inline std::size_t label_of(const Row& y) {
  return static_cast<std::size_t>(std::find(y.begin(), y.end(), Real(1)) - y.begin());
}
inline Real multi_margin(const Row& x, std::size_t t, Real p, Real margin) {
  Real loss = 0;
  for (std::size_t c = 0; c < x.size(); ++c)
    if (c != t) loss += pow(std::max(Real(0), margin - x[t] + x[c]), p);
  return loss / static_cast<Real>(x.size());
}
inline Real crammer_singer(const Row& x, std::size_t t) {
  Real best = x[t];
  for (std::size_t c = 0; c < x.size(); ++c)
    if (c != t) best = std::max(best, x[c] + 1);
  return best - x[t];
}
/// Martins and Astudillo (2016), algorithm 1 and equation 17.
inline Real sparsemax(const Row& x, std::size_t t) {
  Row sorted = x;
  std::sort(sorted.rbegin(), sorted.rend());
  Real sum = 0, tau = 0;
  std::size_t count = 0;
  for (std::size_t k = 0; k < sorted.size(); ++k) {
    sum += sorted[k];
    if (1 + static_cast<Real>(k + 1) * sorted[k] > sum) {
      count = k + 1;
      tau = (sum - 1) / static_cast<Real>(count);
    }
  }
  Real loss = -x[t] + Real(0.5);
  for (std::size_t k = 0; k < count; ++k) loss += (sorted[k] * sorted[k] - tau * tau) / 2;
  return loss;
}
/// Amid et al. (2019), equations 4, 5 and 8.
inline Real tempered_exp(Real x, Real t) {
  return t == 1 ? exp(x) : pow(1 + (1 - t) * x, 1 / (1 - t));
}
inline Real tempered_log(Real x, Real t) { return t == 1 ? log(x) : (pow(x, 1 - t) - 1) / (1 - t); }
/// The lambda with which the shares exp_t(x - lambda) sum to 1: halved down to 60 bits, then by
/// Newton's steps, of which each gives one more order of the derivatives.
inline Real tempered_norm(const Row& x, Real t) {
  const auto shares = [&](Real lambda, Real power) {
    Real total = 0;
    for (const Real& v : x) total += pow(tempered_exp(v - lambda, t), power);
    return total;
  };
  const Real top = held(std::max_element(x.begin(), x.end())->value),
             classes = static_cast<Real>(x.size());  // all equal: the largest lambda
  Real low = top, high = top - tempered_log(1 / classes, t);
  for (int step = 0; step < 60; ++step) {
    const Real lambda = (low + high) / 2;
    (shares(lambda, 1) > 1 ? low : high) = held(lambda.value);
  }
  for (int step = 0; step < 5; ++step) low += (shares(low, 1) - 1) / held(shares(low, t).value);
  return low;
}
inline Real bi_tempered(const Row& x, const Row& y, Real t1, Real t2) {
  const Real lambda = tempered_norm(x, t2);
  Real loss = 0;
  for (std::size_t c = 0; c < x.size(); ++c) {
    const Real p = tempered_exp(x[c] - lambda, t2);
    if (y[c] > 0) loss += y[c] * (tempered_log(y[c], t1) - tempered_log(p, t1));
    loss -= (pow(y[c], 2 - t1) - pow(p, 2 - t1)) / (2 - t1);
  }
  return loss;
}
inline Real logistic(Real x) { return 1 / (1 + exp(-x)); }
/// McCullagh (1980): a class's share is the difference of two cumulative ones.
inline Real ordinal_logit(const Row& x, std::size_t t) {
  Row above = {1};
  Real z = x[0];
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (k > 0) z -= log(1 + exp(x[k]));
    above.push_back(logistic(z));
  }
  above.push_back(0);
  return -log(above[t] - above[t + 1]);
}
/// Shi et al. (2021): a class's share is a product of conditional ones.
inline Real corn(const Row& x, std::size_t t) {
  Real share = 1;
  for (std::size_t k = 0; k < t; ++k) share *= logistic(x[k]);
  return -log(t < x.size() ? share * (1 - logistic(x[t])) : share);
}
/// Cao et al. (2019), equations 12 and 13.
inline Real ldam(const Row& x, std::size_t t, const Row& counts, Real margin, Real scale) {
  const Real least = *std::min_element(counts.begin(), counts.end());
  Row z = x, y(x.size(), 0);
  z[t] -= margin * pow(least / counts[t], Real(0.25));
  for (Real& v : z) v *= scale;
  y[t] = 1;
  return cross_entropy(z, y, 0, {});
}
/// Hou et al. (2016), equation 4.
inline Real earth_mover(const Row& x, const Row& y) {
  const Row p = softmax(x);
  Real d = 0, loss = 0;
  for (std::size_t c = 0; c < x.size(); ++c) {
    d += p[c] - y[c];
    loss += d * d;
  }
  return loss;
}

/// Salehi et al. (2017), equation 3; jaccard with alpha = beta = 1.
inline Real tversky(const Row& p, const Row& y, Real alpha, Real beta, Real smooth) {
  Real hit = 0, alarm = 0, missed = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    hit += p[i] * y[i];
    alarm += p[i] * (1 - y[i]);
    missed += (1 - p[i]) * y[i];
  }
  return 1 - (hit + smooth) / (hit + alpha * alarm + beta * missed + smooth);
}
inline Real iou(const Row& p, const Row& y, Real eps) {
  const Real both = shared_area(p, y);
  return 1 - both / (area(p) + area(y) - both + eps);
}

}  // namespace oracle
