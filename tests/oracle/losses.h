#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/oracle/real_math.h"

// The losses as their papers write them, in 113 bits: slow and plain, and nothing of the library.
// Each takes one item (element, row or region).

namespace oracle {

using Row = std::vector<Real>;

inline Real mse(Real p, Real y) { return (p - y) * (p - y); }
inline Real mae(Real p, Real y) { return fabs(p - y); }

/// Huber (1964): quadratic up to delta, then linear.
inline Real huber(Real p, Real y, Real delta) {
  const Real r = fabs(p - y);
  return r <= delta ? (p - y) * (p - y) / 2 : delta * (r - delta / 2);
}

/// Girshick (2015), equation 3.
inline Real smooth_l1(Real p, Real y, Real beta) {
  const Real r = fabs(p - y);
  return r < beta ? (p - y) * (p - y) / (2 * beta) : r - beta / 2;
}

/// Koenker and Bassett (1978).
inline Real quantile(Real p, Real y, Real q) { return y >= p ? q * (y - p) : (1 - q) * (p - y); }

/// -log of the Poisson probability, without log y! or with Stirling's form of it.
inline Real poisson_nll(Real x, Real y, bool log_input, bool full, Real eps) {
  const Real two_pi = 2 * pi();
  const Real rate = log_input ? exp(x) - y * x : x - y * log(x + eps);
  return rate + (full && y > 1 ? y * log(y) - y + log(two_pi * y) / 2 : 0);
}

/// -w y log p - (1 - y) log(1 - p) with p = 1 / (1 + e^-x), each logarithm where it does not
/// overflow.
inline Real bce_with_logits(Real x, Real y, Real pos_weight) {
  const Real log_p = x > 0 ? -log1p(exp(-x)) : x - log1p(exp(x));
  const Real log_q = x > 0 ? -x - log1p(exp(-x)) : -log1p(exp(x));
  return -pos_weight * y * log_p - (1 - y) * log_q;
}

/// Nix and Weigend (1994).
inline Real gaussian_nll(Real mean, Real variance, Real y, bool full) {
  return (log(variance) + (mean - y) * (mean - y) / variance + (full ? log(2 * pi()) : 0)) / 2;
}

/// sum_c w_c q_c (-log softmax(x)_c) with smoothed target shares q.
inline Real cross_entropy(const Row& x, const Row& target, Real smoothing, const Row& weight) {
  const Real largest = *std::max_element(x.begin(), x.end());
  Real total = 0, loss = 0;
  for (const Real& v : x) total += exp(v - largest);
  for (std::size_t c = 0; c < x.size(); ++c) {
    const Real q = (1 - smoothing) * target[c] + smoothing / static_cast<Real>(x.size());
    loss += (weight.empty() ? 1 : weight[c]) * q * (log(total) + largest - x[c]);
  }
  return loss;
}

/// Leng et al. (2022), equation 4: cross-entropy plus epsilon (1 - p), each term by the target.
inline Real poly1(const Row& x, const Row& target, Real epsilon, const Row& weight) {
  const Real largest = *std::max_element(x.begin(), x.end());
  Real total = 0, missed = 0;
  for (const Real& v : x) total += exp(v - largest);
  for (std::size_t c = 0; c < x.size(); ++c)
    missed += (weight.empty() ? 1 : weight[c]) * target[c] * (1 - exp(x[c] - largest) / total);
  return cross_entropy(x, target, 0, weight) + epsilon * missed;
}

/// Menon et al. (2020), equation 10.
inline Real logit_adjusted(const Row& x, const Row& target, Real tau, const Row& prior,
                           const Row& weight) {
  Row adjusted = x;
  for (std::size_t c = 0; c < x.size(); ++c) adjusted[c] += tau * log(prior[c]);
  return cross_entropy(adjusted, target, 0, weight);
}

/// Sudre et al. (2017), equation 2, for one region; Milletari et al. (2016) if squared.
inline Real dice(const Row& p, const Row& y, Real smooth, bool squared = false) {
  Real both = 0, sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    both += p[i] * y[i];
    sum += squared ? p[i] * p[i] + y[i] * y[i] : p[i] + y[i];
  }
  return 1 - (2 * both + smooth) / (sum + smooth);
}

/// -y log p - (1 - y) log(1 - p).
inline Real bce(Real p, Real y) { return -y * log(p) - (1 - y) * log(1 - p); }

/// Lin et al. (2017), with soft targets as torchvision reads them.
inline Real focal(Real x, Real y, Real gamma, Real alpha) {
  const Real right = 1 / (1 + exp(-x)), wrong = 1 / (1 + exp(x));
  return (alpha * y + (1 - alpha) * (1 - y)) * pow(wrong * y + right * (1 - y), gamma) *
         bce_with_logits(x, y, 1);
}

inline Real area(const Row& box) { return (box[2] - box[0]) * (box[3] - box[1]); }
inline Real shared_area(const Row& a, const Row& b) {
  const Real w = std::min(a[2], b[2]) - std::max(a[0], b[0]),
             h = std::min(a[3], b[3]) - std::max(a[1], b[1]);
  return w > 0 && h > 0 ? w * h : 0;
}
/// Rezatofighi et al. (2019), algorithm 1.
inline Real giou(const Row& p, const Row& y, Real eps) {
  const Real both = shared_area(p, y), either = area(p) + area(y) - both;
  const Real around =
      (std::max(p[2], y[2]) - std::min(p[0], y[0])) * (std::max(p[3], y[3]) - std::min(p[1], y[1]));
  return 1 - both / (either + eps) + (around - either) / (around + eps);
}
/// Zheng et al. (2020): the parts of the complete IoU loss.
struct CIoUParts {
  Real overlap, distance, v;
};
inline CIoUParts ciou_parts(const Row& p, const Row& y, Real eps) {
  const Real both = shared_area(p, y);
  const Real w = std::max(p[2], y[2]) - std::min(p[0], y[0]),
             h = std::max(p[3], y[3]) - std::min(p[1], y[1]);
  const Real dx = (p[0] + p[2] - y[0] - y[2]) / 2, dy = (p[1] + p[3] - y[1] - y[3]) / 2;
  const Real turn = atan((y[2] - y[0]) / (y[3] - y[1])) - atan((p[2] - p[0]) / (p[3] - p[1]));
  return {both / (area(p) + area(y) - both + eps), (dx * dx + dy * dy) / (w * w + h * h + eps),
          4 / (pi() * pi()) * turn * turn};
}
inline Real ciou_alpha(const Row& p, const Row& y, Real eps) {
  const CIoUParts c = ciou_parts(p, y, eps);
  return c.v / (1 - c.overlap + c.v + eps);
}
/// With alpha held, as the paper differentiates it.
inline Real ciou(const Row& p, const Row& y, Real eps, Real alpha) {
  const CIoUParts c = ciou_parts(p, y, eps);
  return 1 - c.overlap + c.distance + alpha * c.v;
}

/// Sudre et al. (2017), section 2, for one image: rows of classes.
inline Real generalized_dice(const std::vector<Row>& p, const std::vector<Row>& y, Real smooth) {
  Real above = 0, below = 0;
  for (std::size_t c = 0; c < p.size(); ++c) {
    Real both = 0, predicted = 0, truth = 0;
    for (std::size_t i = 0; i < p[c].size(); ++i) {
      both += p[c][i] * y[c][i];
      predicted += p[c][i];
      truth += y[c][i];
    }
    const Real w = 1 / (truth * truth + smooth);
    above += w * both;
    below += w * (predicted + truth);
  }
  return 1 - 2 * above / below;
}

/// Khosla et al. (2020), equation 2, for row i.
inline Real sup_con(const std::vector<Row>& rows, const Row& labels, Real temperature,
                    std::size_t i) {
  const auto similar = [&](std::size_t j) {
    Real dot = 0, a = 0, b = 0;
    for (std::size_t k = 0; k < rows[i].size(); ++k) {
      dot += rows[i][k] * rows[j][k];
      a += rows[i][k] * rows[i][k];
      b += rows[j][k] * rows[j][k];
    }
    return dot / sqrt(a * b) / temperature;
  };
  Real all = 0, near = 0, count = 0;
  for (std::size_t j = 0; j < rows.size(); ++j)
    if (j != i) all += exp(similar(j));
  for (std::size_t j = 0; j < rows.size(); ++j) {
    if (j == i || labels[j] != labels[i]) continue;
    near += log(all) - similar(j);
    count += 1;
  }
  return count > 0 ? near / count : 0;
}

/// Granger (1969): the price of an error by its side.
inline Real asymmetric(Real p, Real y, Real under, Real over, Real delta) {
  return (p < y ? under : over) * huber(p, y, delta);
}

}  // namespace oracle
