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

/// A use of a weight, its numbers in double, a row of each for each row of the data.
struct Use {
  bool gathers;
  std::vector<double> input, slope;
  Index width, outputs;

  const double* x(Index row) const { return input.data() + row * width; }
  const double* d(Index row) const { return slope.data() + row * outputs; }
};

std::vector<double> numbers(const Tensor& t) {
  const Tensor wide = t.detach().to(Type::f64);
  const double* from = wide.data<double>();
  return {from, from + wide.elements()};
}

bool gathers(const Tap& tap) { return std::strcmp(tap.operation, "gather") == 0; }

double dot(const double* a, const double* b, Index n) {
  return std::inner_product(a, a + n, b, 0.0);
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
  void add_weight(const std::vector<Use>& uses);
  void add_bias(const std::vector<Use>& uses);
  void compare(std::size_t k, const std::vector<std::size_t>& uses, bool bias) const;

  const Tensors& parameters_;
  std::vector<Tap> taps_;
  Tensors slopes_;
  Index rows_;
  std::vector<double> norms2_;
};

void Rows::add(std::size_t k) {
  std::vector<std::size_t> places;
  std::vector<Use> uses;
  bool bias = false;
  for (std::size_t i = 0; i < taps_.size(); ++i) {
    const Tap& tap = taps_[i];
    const bool is_bias = tap.bias.defined() && tap.bias.body() == parameters_[k].body();
    if (!is_bias && tap.weight.body() != parameters_[k].body()) continue;
    if (tap.output.size(0) != rows_)
      throw_usage("row_gradients",
                  fmt::format("one layer has {} rows and another {}; expected the rows of the data "
                              "everywhere",
                              rows_, tap.output.size(0)));
    bias = is_bias;
    const Index outputs = rows_ > 0 ? tap.output.elements() / rows_ : 0;
    places.push_back(i);
    uses.push_back({gathers(tap), numbers(tap.input), numbers(slopes_[parameters_.size() + i]),
                    rows_ > 0 ? tap.input.elements() / rows_ : 0, outputs});
  }
  compare(k, places, bias);
  if (bias) add_bias(uses);
  else add_weight(uses);
}

// |sum_u d_u x_u'|^2 = sum over pairs of uses (d_u . d_v) (x_u . x_v); rows of an embedding meet where
// their indices are the same.
void Rows::add_weight(const std::vector<Use>& uses) {
  for (const Use& u : uses)
    for (const Use& v : uses)
      for (Index i = 0; i < rows_; ++i) {
        if (u.gathers != v.gathers) continue;
        const double meet = u.gathers ? (*u.x(i) == *v.x(i) ? 1 : 0) : dot(u.x(i), v.x(i), u.width);
        norms2_[static_cast<std::size_t>(i)] += meet * dot(u.d(i), v.d(i), u.outputs);
      }
}

void Rows::add_bias(const std::vector<Use>& uses) {
  for (const Use& u : uses)
    for (const Use& v : uses)
      for (Index i = 0; i < rows_; ++i)
        norms2_[static_cast<std::size_t>(i)] += dot(u.d(i), v.d(i), u.outputs);
}

// What the uses add up to must be the gradient: else something else used the parameter too.
void Rows::compare(std::size_t k, const std::vector<std::size_t>& uses, bool bias) const {
  const NoGraph off;
  flat::Vector rest = flatten({slopes_[k]});
  const double largest = flat::largest(rest);
  for (const std::size_t i : uses) {
    const Tap& tap = taps_[i];
    const Tensor& slope = slopes_[parameters_.size() + i];
    const Tensor part = bias           ? sum(slope, 0)
                        : gathers(tap) ? scatter_add(slope, tap.input, tap.weight.size(0))
                                       : matmul(slope, tap.input.detach(), true);
    flat::add(rest, -1, flatten({part}));
  }
  if (!(flat::largest(rest) <= 1e-3 * largest))
    throw_usage("row_gradients",
                fmt::format("parameter {} of shape {} is used by something else than linear and "
                            "gather; expected a model of such layers",
                            k, parameters_[k].shape().text()));
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
  const std::size_t n = norms2.size(), top = std::max<std::size_t>(1, n / 100);
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
