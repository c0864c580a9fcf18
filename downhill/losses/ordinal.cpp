#include "downhill/losses/ordinal.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "downhill/core/error.h"
#include "downhill/losses/corn.h"
#include "downhill/losses/ordinal_logit.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"

// Losses of ordered classes: what their headers say.

namespace downhill {
namespace {

using Index = std::int64_t;

void check_ordered(std::string_view loss, const Tensor& logits, const Tensor& labels) {
  if (logits.rank() != 2 || logits.size(1) < 1)
    throw_usage(
        loss, fmt::format("logits has shape {}; expected (N, classes - 1)", logits.shape().text()));
  if (labels.type() != Type::i64)
    throw_usage(loss, fmt::format("labels has type {}; expected int64", name_of(labels.type())));
  if (!(labels.shape() == Shape{logits.size(0)}))
    throw_usage(loss, fmt::format("labels has shape {}; expected ({}), one for each row of logits",
                                  labels.shape().text(), logits.size(0)));
  const auto all = labels.values<Index>();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i] < 0 || all[i] > logits.size(1))
      throw_usage(loss,
                  fmt::format("labels[{}] = {} is outside [0, {}): {} logits are those of {} "
                              "classes",
                              i, all[i], logits.size(1) + 1, logits.size(1), logits.size(1) + 1));
}

Tensor column(const Tensor& x, Index k) { return squeeze(slice(x, k, k + 1, 1), 1); }

/// 1 where the label fits, of the labels' shape.
template <class F>
Tensor mask_of(const Tensor& labels, F fits) {
  Tensor mask = Tensor::zeros(labels.shape(), Type::u8);
  const auto all = labels.values<Index>();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (fits(all[i])) mask.set(static_cast<Index>(i), 1);
  return mask;
}
Tensor only(const Tensor& mask, const Tensor& x) {
  return where(mask, x, Tensor::zeros(x.shape(), x.type()));
}

/// Log odds of t > k for every k, from the first and the gaps.
std::vector<Tensor> above_thresholds(const Tensor& logits) {
  std::vector<Tensor> all = {column(logits, 0)};
  for (Index k = 1; k < logits.size(1); ++k)
    all.push_back(all.back() - softplus(column(logits, k)));
  return all;
}

}  // namespace

void OrdinalLogit::check(std::span<const Tensor> p, std::span<const Tensor> y) const {
  check_ordered(name, p[0], y[0]);
}
Tensor OrdinalLogit::operator()(const Tensor& logits, const Tensor& labels) const {
  const std::vector<Tensor> z = above_thresholds(logits);
  Tensor loss = Tensor::zeros(labels.shape(), logits.type());
  for (Index k = 0; k < logits.size(1); ++k) {
    const Tensor& odds = z[static_cast<std::size_t>(k)];
    loss = loss + only(mask_of(labels, [=](Index t) { return t == k; }), softplus(odds)) +
           only(mask_of(labels, [=](Index t) { return t == k + 1; }), softplus(-odds));
    if (k > 0)
      loss = loss +
             only(mask_of(labels, [=](Index t) { return t == k; }), softplus(-column(logits, k)));
  }
  return loss;
}

void Corn::check(std::span<const Tensor> p, std::span<const Tensor> y) const {
  check_ordered(name, p[0], y[0]);
}
Tensor Corn::operator()(const Tensor& logits, const Tensor& labels) const {
  Tensor loss = Tensor::zeros(labels.shape(), logits.type());
  for (Index k = 0; k < logits.size(1); ++k) {
    const Tensor x = column(logits, k);
    loss = loss + only(mask_of(labels, [=](Index t) { return t > k; }), softplus(-x)) +
           only(mask_of(labels, [=](Index t) { return t == k; }), softplus(x));
  }
  return loss;
}

Tensor ordinal_probabilities(Takes takes, const Tensor& logits) {
  const Index steps = logits.size(1);
  const bool cumulative = takes == Takes::cumulative_logits;
  const std::vector<Tensor> z = cumulative ? above_thresholds(logits) : std::vector<Tensor>();
  std::vector<Tensor> all;
  // -log p_t, as the losses have it: no difference of sigmoids loses a small probability.
  Tensor reached = Tensor::zeros({logits.size(0)}, logits.type());
  for (Index t = 0; t <= steps; ++t) {
    Tensor nats = reached;
    if (cumulative) {
      nats = Tensor::zeros({logits.size(0)}, logits.type());
      if (t > 0) nats = nats + softplus(-z[static_cast<std::size_t>(t - 1)]);
      if (t < steps) nats = nats + softplus(z[static_cast<std::size_t>(t)]);
      if (t > 0 && t < steps) nats = nats + softplus(-column(logits, t));
    } else if (t < steps) {
      nats = reached + softplus(column(logits, t));
      reached = reached + softplus(-column(logits, t));
    }
    all.push_back(unsqueeze(exp(-nats), 1));
  }
  return concat(all, 1);
}

std::vector<double> ordinal_logits_of(Takes takes, const std::vector<double>& shares) {
  double above = std::accumulate(shares.begin(), shares.end(), 0.0), below = 0;
  std::vector<double> logits;
  double before = 0;
  for (std::size_t k = 0; k + 1 < shares.size(); ++k) {
    above -= shares[k];
    below += shares[k];
    if (takes == Takes::continuation_logits) {
      logits.push_back(std::log(above / shares[k]));
      continue;
    }
    const double odds = std::log(above / below);
    logits.push_back(k == 0 ? odds : std::log(std::expm1(before - odds)));
    before = odds;
  }
  return logits;
}

}  // namespace downhill
