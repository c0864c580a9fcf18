#include "downhill/losses/loss.h"

#include <fmt/format.h>

#include "downhill/core/error.h"
#include "downhill/formula/text_formula.h"

namespace downhill {

void Loss::check_count(std::span<const Tensor> predictions, const Tensor& target) const {
  if (static_cast<int>(predictions.size()) != loss_->predictions())
    throw_usage(name(), fmt::format("{} prediction(s) given; expected {}", predictions.size(),
                                    loss_->predictions()));
  if (target.defined() != loss_->has_target())
    throw_usage(name(), loss_->has_target() ? "a target is missing" : "this loss takes no target");
}

Tensor Loss::apply(std::span<const Tensor> predictions, const Tensor& target, const Tensor& weight,
                   Reduction reduction) const {
  check_count(predictions, target);
  return loss_->apply({predictions, target, weight}, reduction);
}

double Loss::total_weight(std::span<const Tensor> predictions, const Tensor& target,
                          const Tensor& weight) const {
  check_count(predictions, target);
  return loss_->total_weight({predictions, target, weight});
}

Loss pointwise_text(std::string_view formula) {
  auto parsed = TextFormula::parse(formula, {"p", "y"}, 1);
  detail::Declaration declared{parsed->name(), {Takes::number}};
  return Loss(detail::pointwise_loss(std::move(parsed), std::move(declared)));
}

}  // namespace downhill
