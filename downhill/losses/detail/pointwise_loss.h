#pragma once
#include <memory>
#include <string>

#include "downhill/formula/pointwise.h"
#include "downhill/losses/detail/fused.h"

namespace downhill::detail {

/// Numbers of one element that a loss's formula sees at most: predictions, targets and the column.
inline constexpr int kMaxNumbers = 16;

/// How the numbers of a formula come out of tensors.
struct PointwiseForm {
  int predictions = 1;     ///< tensors that carry derivatives
  bool target = true;      ///< whether there is a target
  bool by_column = false;  ///< whether the last number is the column of the element
};

/// A loss from a formula of numbers, compiled or text: predictions first, then the target's, then
/// the column, as `form` and the declared columns say.
std::shared_ptr<const AnyLoss> pointwise_loss(std::shared_ptr<const Pointwise> formula,
                                              Declaration declared, PointwiseForm form = {});

/// A loss from a formula of a prediction and a target, both numbers, that is called `text`.
std::shared_ptr<const AnyLoss> pointwise_loss(std::shared_ptr<const Pointwise> formula,
                                              std::string text);

/// Checks that all tensors have one floating type and one shape, naming them.
void check_alike(const char* name, const LossInputs& in);

}  // namespace downhill::detail
