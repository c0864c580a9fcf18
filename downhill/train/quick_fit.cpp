#include "downhill/train/detail/quick_fit.h"

#include <algorithm>
#include <cmath>

#include "downhill/autodiff/node.h"
#include "downhill/catalog/catalog.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/index.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "downhill/optim/optimizer.h"

namespace downhill::detail {
namespace {

constexpr int kSteps = 80;
constexpr double kStill = 1e-6;      // a fall of the mean loss that is none
constexpr double kPrior = 2;         // deviation of a weight before the data is seen
constexpr double kCurvePrior = 0.5;  // ... of curves, which are many
constexpr std::int64_t kRowsPerFeature = 6, kDistinct = 6, kMostInProducts = 8;

using Column = std::vector<double>;

std::vector<Column> columns_of(const Tensor& x) {
  const std::int64_t rows = x.size(0), width = x.size(1);
  std::vector<Column> columns(static_cast<std::size_t>(width));
  const std::vector<double> all = x.to_vector();
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < width; ++j)
      columns[static_cast<std::size_t>(j)].push_back(all[static_cast<std::size_t>(i * width + j)]);
  return columns;
}

/// False where it does not vary.
bool standardise(Column& column) {
  double mean = 0, squares = 0;
  for (const double v : column) mean += v / static_cast<double>(column.size());
  for (const double v : column) squares += (v - mean) * (v - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(column.size()));
  if (!(deviation > 1e-9)) return false;
  for (double& v : column) v = (v - mean) / deviation;
  return true;
}

Tensor matrix_of(const std::vector<Column>& columns, std::int64_t rows) {
  const auto width = static_cast<std::int64_t>(columns.size());
  Tensor x = Tensor::zeros({rows, width}, Type::f64);
  for (std::int64_t j = 0; j < width; ++j)
    for (std::int64_t i = 0; i < rows; ++i)
      x.data<double>()[i * width + j] =
          columns[static_cast<std::size_t>(j)][static_cast<std::size_t>(i)];
  return x;
}

std::vector<Column> hinges_of(const Column& column) {
  Column sorted = column;
  std::sort(sorted.begin(), sorted.end());
  std::vector<Column> hinges;
  for (const double share : {0.2, 0.4, 0.6, 0.8}) {
    const double knot =
        sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size()))];
    Column hinge;
    for (const double v : column) hinge.push_back(std::max(0.0, v - knot));
    hinges.push_back(std::move(hinge));
  }
  return hinges;
}

bool is_a_quantity(const Column& column) {
  Column sorted = column;
  std::sort(sorted.begin(), sorted.end());
  return std::unique(sorted.begin(), sorted.end()) - sorted.begin() >= kDistinct;
}

Tensor plain_of(const Tensor& x) {
  std::vector<Column> columns = columns_of(x);
  std::erase_if(columns, [](Column& column) { return !standardise(column); });
  return matrix_of(columns, x.size(0));
}

// sum of squares of weights over their prior variance, per row.
Tensor penalty_of(const Tensor& weights, double prior, std::int64_t rows) {
  return sum(square(weights)) * (1 / (2 * prior * prior * static_cast<double>(rows)));
}

}  // namespace

Tensor curves_of(const Tensor& x) {
  std::vector<Column> columns = columns_of(x);
  std::erase_if(columns, [](Column& column) { return !standardise(column); });
  const std::int64_t rows = x.size(0);
  const auto fits = [&](std::size_t more) {
    return static_cast<std::int64_t>(columns.size() + more) * kRowsPerFeature <= rows;
  };
  std::vector<Column> quantities, added;
  for (const Column& column : columns)
    if (is_a_quantity(column)) quantities.push_back(column);
  if (quantities.empty() || !fits(4 * quantities.size())) return {};
  for (const Column& column : quantities)
    for (Column& hinge : hinges_of(column)) added.push_back(std::move(hinge));
  const std::size_t pairs = quantities.size() * (quantities.size() - 1) / 2;
  if (quantities.size() <= kMostInProducts && fits(added.size() + pairs))
    for (std::size_t a = 0; a < quantities.size(); ++a)
      for (std::size_t b = 0; b < a; ++b) {
        Column product;
        for (std::size_t i = 0; i < quantities[a].size(); ++i)
          product.push_back(quantities[a][i] * quantities[b][i]);
        added.push_back(std::move(product));
      }
  for (Column& column : added)
    if (standardise(column)) columns.push_back(std::move(column));
  return matrix_of(columns, rows);
}

QuickRows::QuickRows(const Tensor& x, const Tensor& y, const Tensor& weight,
                     const std::vector<Tensor>& folds)
    : plain_(plain_of(x)), curves_(curves_of(x)), y_(y), weight_(weight), folds_(folds) {
  if (!weight_.defined()) weight_ = Tensor::ones({y.size(0)}, Type::f64);
  for (const Tensor& fold : folds_) {
    std::vector<std::int64_t> rest;
    const auto out = fold.values<std::int64_t>();
    std::vector<bool> is_out(static_cast<std::size_t>(size()));
    for (const std::int64_t row : out) is_out[static_cast<std::size_t>(row)] = true;
    for (std::int64_t row = 0; row < size(); ++row)
      if (!is_out[static_cast<std::size_t>(row)]) rest.push_back(row);
    others_.push_back(Tensor::from(rest));
  }
}

Tensor QuickRows::held_out(const QuickModel& model) const {
  const Tensor& x = curved_ ? curves_ : plain_;
  const Tensor& weight = model.weight.defined() ? model.weight : weight_;
  Tensor all = Tensor::zeros({size(), model.outputs}, Type::f64);
  for (std::size_t f = 0; f < folds_.size(); ++f) {
    const Tensor& in = others_[f];
    const Tensor z =
        fit(model, gather(x, in), gather(y_, in), gather(weight, in), gather(x, folds_[f]));
    const auto rows = folds_[f].values<std::int64_t>();
    for (std::size_t i = 0; i < rows.size(); ++i)
      std::copy_n(z.data<double>() + static_cast<std::int64_t>(i) * model.outputs, model.outputs,
                  all.data<double>() + rows[i] * model.outputs);
  }
  return all;
}

Tensor QuickRows::fit(const QuickModel& model, const Tensor& x, const Tensor& y,
                      const Tensor& weight, const Tensor& x_out) const {
  Tensor w = Tensor::zeros({x.size(1), model.driven}, Type::f64).requires_grad(true);
  Tensor b = Tensor::zeros({1, model.outputs}, Type::f64).requires_grad(true);
  const auto outputs = [&](const Tensor& features) {
    const Tensor moving = matmul(features, w);
    if (model.driven == model.outputs) return moving + b;
    const Tensor still = Tensor::zeros({features.size(0), model.outputs - model.driven}, Type::f64);
    return concat({moving, still}, 1) + b;
  };
  double total = 0;
  for (const double v : weight.values<double>()) total += v;
  const double prior = curved_ ? kCurvePrior : kPrior;
  const auto objective = [&] {
    const Tensor each = model.loss(outputs(x), y).reshape({x.size(0)});
    return dot(each, weight) * (1 / (total * model.unit)) + penalty_of(w, prior, x.size(0));
  };
  Optimizer optimizer(optimizer_from("lbfgs"), std::vector<Tensor>{w, b});
  double before = INFINITY;
  for (int step = 0, still = 0; step < kSteps && still < 3; ++step) {
    const double now = optimizer.step(objective);
    still = before - now > kStill ? 0 : still + 1;
    before = now;
    if (!std::isfinite(now)) break;
  }
  const NoGraph off;
  return outputs(x_out);
}

}  // namespace downhill::detail
