#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "downhill/tensor/tensor.h"

namespace downhill::detail {

/// A model of a few linear outputs: the first `driven` depend on the features, the others are constants.
struct QuickModel {
  std::int64_t outputs = 1, driven = 1;
  /// Of each row, (rows): what is minimised, of outputs (rows, outputs) and target.
  std::function<Tensor(const Tensor& outputs, const Tensor& target)> loss;
  double unit = 1;     ///< the loss is divided by it
  Tensor weight = {};  ///< (rows) float64 in place of those of the rows
};

/// Rows in folds, with two sets of features: the inputs, and the inputs with curves and products.
class QuickRows {
 public:
  /// `x` (rows, columns) float32, scaled; `y` (rows, 1) float64 or (rows) labels; `weight` (rows)
  /// float64 or undefined; `folds`: row numbers of each, which together are all.
  QuickRows(const Tensor& x, const Tensor& y, const Tensor& weight,
            const std::vector<Tensor>& folds);

  /// Outputs (rows, outputs) of each row from a model that was fitted without its fold.
  Tensor held_out(const QuickModel& model) const;
  /// Which features `held_out` uses.
  void use_curves(bool wanted) { curved_ = wanted; }
  bool has_curves() const { return curves_.defined(); }

  const Tensor& target() const { return y_; }
  const Tensor& weight() const { return weight_; }
  std::int64_t size() const { return y_.size(0); }

 private:
  Tensor fit(const QuickModel& model, const Tensor& x, const Tensor& y, const Tensor& weight,
             const Tensor& x_out) const;

  Tensor plain_, curves_, y_, weight_;
  std::vector<Tensor> folds_, others_;
  bool curved_ = false;
};

/// Features for curves: each input, hinges at its quantiles, and products of two; standardised, float64.
/// Undefined where the rows are too few for more than the inputs.
Tensor curves_of(const Tensor& x);

}  // namespace downhill::detail
