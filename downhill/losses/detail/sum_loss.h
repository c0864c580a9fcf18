#pragma once
#include <string>
#include <vector>

#include "downhill/losses/detail/fused.h"

namespace downhill::detail {

struct Term {
  double factor;
  LossPtr loss;
};

/// factor_1 loss_1 + factor_2 loss_2 + ..., of one prediction and target. Where one takes logits,
/// members that take probabilities are given their sigmoid or softmax. UsageError if the members do
/// not take the same.
LossPtr sum_of(std::vector<Term> terms);

/// The same under a name of the list, with the text that reads back as it.
LossPtr named_sum(std::string name, std::string text, std::vector<Term> terms);

/// The terms of a sum, the loss itself with factor 1 if it is none.
std::vector<Term> terms_of(const LossPtr& loss);

}  // namespace downhill::detail
