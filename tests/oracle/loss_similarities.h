#pragma once
#include "tests/oracle/loss_tensors.h"

// Losses of distances and similarities, as their papers write them.

namespace oracle {

/// Balntas et al. (2016): p-norms (eps added to the differences), squares, or 1 - cos.
enum class Apart { norm, squared, cosine };
inline Real apart(const Row& a, const Row& b, Apart kind, Real p) {
  if (kind == Apart::cosine) return 1 - cosine(a, b);
  Real total = 0;
  for (std::size_t k = 0; k < a.size(); ++k)
    total += kind == Apart::squared ? (a[k] - b[k]) * (a[k] - b[k])
                                    : pow(fabs(a[k] - b[k] + static_cast<Real>(1e-6)), p);
  return kind == Apart::squared ? total : pow(total, 1 / p);
}
inline Real triplet(const Row& anchor, const Row& positive, const Row& negative, Real margin,
                    Apart kind, Real p, bool swap) {
  Real far = apart(anchor, negative, kind, p);
  if (swap) far = std::min(far, apart(positive, negative, kind, p));
  return std::max(Real(0), apart(anchor, positive, kind, p) - far + margin);
}

/// Sun et al. (2020), equation 6, for row i; the weights are those of the rows `held`.
inline Real circle(const std::vector<Row>& rows, const Row& labels, std::size_t i, Real margin,
                   Real gamma, const std::vector<Row>& held) {
  Real between = 0, within = 0;
  for (std::size_t j = 0; j < rows.size(); ++j) {
    if (j == i) continue;
    const Real s = cosine(rows[i], rows[j]), now = cosine(held[i], held[j]);
    if (labels[j] == labels[i])
      within += exp(-gamma * std::max(Real(0), 1 + margin - now) * (s - (1 - margin)));
    else between += exp(gamma * std::max(Real(0), now + margin) * (s - margin));
  }
  return log(1 + between * within);
}

/// Wang et al. (2019), equation 15, for row i.
inline Real multi_similarity(const std::vector<Row>& rows, const Row& labels, std::size_t i,
                             Real alpha, Real beta, Real base) {
  Real within = 0, between = 0;
  for (std::size_t j = 0; j < rows.size(); ++j) {
    if (j == i) continue;
    const Real s = cosine(rows[i], rows[j]);
    if (labels[j] == labels[i]) within += exp(-alpha * (s - base));
    else between += exp(beta * (s - base));
  }
  return log(1 + within) / alpha + log(1 + between) / beta;
}

/// Cross-entropy of scaled cosines, of which the label's own is given.
inline Real with_own(const Row& cosines, std::size_t t, Real own, Real scale) {
  Real total = exp(scale * own);
  for (std::size_t c = 0; c < cosines.size(); ++c)
    if (c != t) total += exp(scale * cosines[c]);
  return log(total) - scale * own;
}
/// Deng et al. (2018), equation 3.
inline Real arcface(const Row& cosines, std::size_t t, Real margin, Real scale) {
  const Real angle = acos(cosines[t]);
  const Real own = angle + margin < pi() ? cos(angle + margin) : cosines[t] - margin * sin(margin);
  return with_own(cosines, t, own, scale);
}
/// Wang et al. (2018), equation 4.
inline Real cosface(const Row& cosines, std::size_t t, Real margin, Real scale) {
  return with_own(cosines, t, cosines[t] - margin, scale);
}

inline Row feature(const std::vector<Row>& rows, std::size_t d) {
  Row all;
  for (const Row& row : rows) all.push_back(row[d]);
  return all;
}
inline Real mean_of(const Row& x) {
  Real total = 0;
  for (const Real& v : x) total += v;
  return total / static_cast<Real>(x.size());
}
/// Mean of (x - mean x)(y - mean y).
inline Real together(const Row& x, const Row& y) {
  Real total = 0;
  for (std::size_t i = 0; i < x.size(); ++i) total += (x[i] - mean_of(x)) * (y[i] - mean_of(y));
  return total / static_cast<Real>(x.size());
}

/// Zbontar et al. (2021), equations 1 and 2.
inline Real barlow_twins(const std::vector<Row>& a, const std::vector<Row>& b, Real lambda,
                         Real eps) {
  Real loss = 0;
  for (std::size_t i = 0; i < a[0].size(); ++i)
    for (std::size_t j = 0; j < a[0].size(); ++j) {
      const Row x = feature(a, i), y = feature(b, j);
      const Real c = together(x, y) / sqrt((together(x, x) + eps) * (together(y, y) + eps));
      loss += i == j ? (1 - c) * (1 - c) : lambda * c * c;
    }
  return loss;
}

/// Bardes et al. (2021), equations 1 to 6.
inline Real vicreg(const std::vector<Row>& a, const std::vector<Row>& b, Real invariance,
                   Real variance, Real covariance, Real eps) {
  const auto n = static_cast<Real>(a.size()), d = static_cast<Real>(a[0].size());
  const Real unbiased = n / (n - 1);
  Real differ = 0, narrow = 0, repeated = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t k = 0; k < a[0].size(); ++k)
      differ += (a[i][k] - b[i][k]) * (a[i][k] - b[i][k]) / (n * d);
  for (const auto* view : {&a, &b})
    for (std::size_t i = 0; i < a[0].size(); ++i)
      for (std::size_t j = 0; j < a[0].size(); ++j) {
        const Real c = unbiased * together(feature(*view, i), feature(*view, j));
        if (i == j) narrow += std::max(Real(0), 1 - sqrt(c + eps)) / d;
        else repeated += c * c / d;
      }
  return invariance * differ + variance * narrow / 2 + covariance * repeated;
}

}  // namespace oracle
