#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

#include "downhill/core/options.h"
#include "downhill/losses/detail/builtin.h"
#include "downhill/losses/detail/make_loss.h"

namespace downhill {

/// A loss of any shape: what users, the trainer and the command line hold.
///
///     Loss criterion = Huber{.delta = 1.5};
///     Tensor loss = criterion(prediction, target);          // the mean
///     Tensor total = criterion.sum(prediction, target);
///     Tensor rows = criterion.each(prediction, target, weight);
///
/// Prediction and target must have one type and the shapes that the loss states; nothing
/// broadcasts. `weight` has the shape of `each`; the mean is the sum of weight times loss over the
/// sum of weights, and 0 with gradient 0 if that is 0. A loss of several predictions (gaussian_nll,
/// triplet) takes them in braces: criterion({mean, variance}, target).
class Loss {
 public:
  /// From a loss struct, one of ours or of yours (formula, row, region or tensor shape).
  template <class L, class Level = LevelTag>
  requires(!std::is_same_v<L, Loss> && !std::is_convertible_v<L, detail::LossPtr>) Loss(L loss) {
    if constexpr (IsBuiltIn<L>) loss_ = detail::builtin_loss(L::name, sizeof(L), &loss);
    else loss_ = make_loss(std::move(loss));
  }
  Loss(detail::LossPtr loss) : loss_(std::move(loss)) {}

  Tensor operator()(const Tensor& prediction, const Tensor& target,
                    const Tensor& weight = {}) const {
    return apply({&prediction, 1}, target, weight, Reduction::mean);
  }
  Tensor operator()(std::initializer_list<Tensor> predictions, const Tensor& target = {},
                    const Tensor& weight = {}) const {
    return apply({predictions.begin(), predictions.size()}, target, weight, Reduction::mean);
  }
  Tensor mean(const Tensor& prediction, const Tensor& target, const Tensor& weight = {}) const {
    return apply({&prediction, 1}, target, weight, Reduction::mean);
  }
  Tensor sum(const Tensor& prediction, const Tensor& target, const Tensor& weight = {}) const {
    return apply({&prediction, 1}, target, weight, Reduction::sum);
  }
  Tensor sum(std::initializer_list<Tensor> predictions, const Tensor& target = {},
             const Tensor& weight = {}) const {
    return apply({predictions.begin(), predictions.size()}, target, weight, Reduction::sum);
  }
  Tensor each(const Tensor& prediction, const Tensor& target, const Tensor& weight = {}) const {
    return apply({&prediction, 1}, target, weight, Reduction::each);
  }
  Tensor each(std::initializer_list<Tensor> predictions, const Tensor& target = {},
              const Tensor& weight = {}) const {
    return apply({predictions.begin(), predictions.size()}, target, weight, Reduction::each);
  }
  Tensor apply(std::span<const Tensor> predictions, const Tensor& target, const Tensor& weight,
               Reduction reduction) const;
  /// What the mean divides by: elements, rows or regions, each times its weight.
  double total_weight(std::span<const Tensor> predictions, const Tensor& target,
                      const Tensor& weight = {}) const;

  const std::string& name() const { return loss_->name(); }
  int predictions() const { return loss_->predictions(); }
  /// What each prediction must be; where an element has several columns, what all or each of them.
  std::span<const Takes> takes() const { return loss_->declared().takes; }
  /// How many numbers make one element: 4 for a box, 2 for a mean and a variance, else 1. (Classes
  /// and embeddings have as many as the data.)
  int columns() const { return loss_->declared().columns; }
  bool has_target() const { return loss_->has_target(); }
  /// Whether int64 class labels, one per row, can be the target.
  bool takes_labels() const { return loss_->takes_labels(); }

 private:
  void check_count(std::span<const Tensor> predictions, const Tensor& target) const;

  detail::LossPtr loss_;
};

/// A loss of one's own from one line, as fast as a built-in one:
///
///     Loss mine = pointwise(
///         [](auto p, auto y) { auto e = y - p; return where(e > 0, 10 * e * e, e * e); });
inline namespace DOWNHILL_LEVEL {
template <class F>
Loss pointwise(F formula) {
  return Loss(detail::pointwise_loss(compile_formula<2, 1>("pointwise", std::move(formula)),
                                     {"pointwise", {Takes::number}}));
}
}  // namespace DOWNHILL_LEVEL

/// The same from text: `p` is the prediction, `y` the target.
///
///     Loss mine = pointwise_text("where(y > p, 10*(y-p)^2, (y-p)^2)");
Loss pointwise_text(std::string_view formula);

}  // namespace downhill
