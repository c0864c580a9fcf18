#include "downhill/inspect/row_gradients.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "downhill/autodiff/node.h"
#include "downhill/autodiff/tap.h"
#include "downhill/core/error.h"
#include "downhill/ops/index.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/reduce.h"

namespace downhill {
namespace {

using Index = std::int64_t;

constexpr double kRoundings = 64;

/// A use of a parameter, its numbers in double: what row i saw and the slope at what it said.
struct Use {
  const Tap* tap;
  bool bias;
  flat::Vector input, slope;

  std::span<const double> row(const flat::Vector& all, Index i) const {
    const std::size_t width = all.size() / static_cast<std::size_t>(tap->output.size(0));
    return std::span(all).subspan(static_cast<std::size_t>(i) * width, width);
  }
  bool gathers() const { return std::strcmp(tap->operation, "gather") == 0; }
};

/// The use's part of the parameter's gradient.
Tensor gradient_by(const Use& use, const Tensor& slope) {
  if (use.bias) return sum(slope, 0);
  if (use.gathers()) return scatter_add(slope, use.tap->input, use.tap->weight.size(0));
  return matmul(slope, use.tap->input.detach(), true);
}

/// How far row i's two inputs meet: 1 of a bias; of an embedding 1 where they are the same row.
double meeting(const Use& u, const Use& v, Index i) {
  if (u.bias) return 1;
  const auto x = u.row(u.input, i), y = v.row(v.input, i);
  if (u.gathers() != v.gathers()) return 0;
  return u.gathers() ? (x[0] == y[0] ? 1 : 0) : flat::dot(x, y);
}

class Rows {
 public:
  Rows(const std::function<Tensor()>& sum_of_rows, const Tensors& parameters)
      : parameters_(parameters) {
    Tensor loss;
    taps_ = tapped([&] { loss = sum_of_rows(); });
    Tensors points = parameters;
    for (const Tap& tap : taps_) points.push_back(tap.output);
    slopes_ = gradients(loss, points);
    rows_ = taps_.empty() ? 0 : taps_.front().output.size(0);
    norms2_.assign(static_cast<std::size_t>(rows_), 0);
  }

  std::vector<double> norms2() {
    for (std::size_t k = 0; k < parameters_.size(); ++k) add(k);
    return std::move(norms2_);
  }

 private:
  void add(std::size_t k);

  const Tensors& parameters_;
  std::vector<Tap> taps_;
  Tensors slopes_;
  Index rows_;
  std::vector<double> norms2_;
};

// |sum_u d_u x_u'|^2 = sum over pairs of uses (d_u . d_v) (x_u . x_v). What the uses add up to must be
// the gradient: else something else used the parameter too.
void Rows::add(std::size_t k) {
  const NoGraph off;
  std::vector<Use> uses;
  flat::Vector rest = flatten({slopes_[k]});
  // What the sum over rows rounds by: near a minimum it is all that is left of the gradient.
  double allowed = 1e-3 * flat::largest(rest);
  const double roundoff = unit_roundoff({slopes_[k]});
  for (std::size_t i = 0; i < taps_.size(); ++i) {
    const Tap& tap = taps_[i];
    const bool bias = tap.bias.defined() && tap.bias.body() == parameters_[k].body();
    if (!bias && tap.weight.body() != parameters_[k].body()) continue;
    if (tap.output.size(0) != rows_)
      throw_usage("row_gradients",
                  fmt::format("one layer has {} rows and another {}; expected the rows of the data "
                              "everywhere",
                              rows_, tap.output.size(0)));
    const Tensor& slope = slopes_[parameters_.size() + i];
    uses.push_back({&tap, bias, flatten({tap.input}), flatten({slope})});
    flat::add(rest, -1, flatten({gradient_by(uses.back(), slope)}));
    double rows = 0;
    for (Index row = 0; row < rows_; ++row)
      rows += std::sqrt(std::max(0.0, meeting(uses.back(), uses.back(), row))) *
              flat::length(uses.back().row(uses.back().slope, row));
    allowed += kRoundings * roundoff * rows;
  }
  if (!(flat::largest(rest) <= allowed))
    throw_usage("row_gradients",
                fmt::format("parameter {} of shape {} is used by something else than linear and "
                            "gather; expected a model of such layers",
                            k, parameters_[k].shape().text()));
  for (const Use& u : uses)
    for (const Use& v : uses)
      for (Index i = 0; i < rows_; ++i)
        norms2_[static_cast<std::size_t>(i)] +=
            meeting(u, v, i) * flat::dot(u.row(u.slope, i), v.row(v.slope, i));
}

}  // namespace

std::vector<double> row_gradient_norms2(const std::function<Tensor()>& sum_of_rows,
                                        const Tensors& parameters) {
  return Rows(sum_of_rows, parameters).norms2();
}

RowGradients row_gradients(const std::vector<double>& norms2) {
  RowGradients result;
  if (norms2.empty()) return result;
  std::vector<std::int64_t> order(norms2.size());
  std::iota(order.begin(), order.end(), 0);
  const auto of = [&](std::size_t i) { return norms2[static_cast<std::size_t>(order[i])]; };
  std::ranges::stable_sort(order, std::greater(),
                           [&](Index row) { return norms2[static_cast<std::size_t>(row)]; });
  const std::size_t n = norms2.size(), top = std::max<std::size_t>(1, (n + 50) / 100);
  const double all = std::accumulate(norms2.begin(), norms2.end(), 0.0);
  double held = 0;
  for (std::size_t i = 0; i < top; ++i) held += of(i);
  result.median = std::sqrt(of(n / 2));
  result.high = std::sqrt(of(top - 1));
  result.largest = std::sqrt(of(0));
  result.share = all > 0 ? held / all : 0;
  order.resize(std::min<std::size_t>(5, n));
  result.hardest = std::move(order);
  return result;
}

}  // namespace downhill
