#pragma once
#include <vector>

#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// Whether a loss takes the logits of ordered classes: one fewer than there are classes.
constexpr bool is_ordinal(Takes takes) {
  return takes == Takes::cumulative_logits || takes == Takes::continuation_logits;
}

/// The probabilities (rows, K) of K ordered classes from their logits (rows, K - 1), as
/// ordinal_logit and corn have them.
Tensor ordinal_probabilities(Takes takes, const Tensor& logits);

/// The logits of the best constant for classes of these shares, all above 0.
std::vector<double> ordinal_logits_of(Takes takes, const std::vector<double>& shares);

}  // namespace downhill
