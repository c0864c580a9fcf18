#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "downhill/autodiff/flat.h"

namespace downhill {

/// |g_i|^2, the squared length of the gradient of each row's loss, from one backward pass for all
/// rows: where a weight is used as y = x W' + b, row i's gradient is d_i x_i' for W and d_i for b, d_i
/// the slope at its output, so that its squared length is |d_i|^2 (|x_i|^2 + 1). A weight that is
/// used several times counts with its cross terms; rows of an embedding too.
///
/// `sum_of_rows` computes the sum of the rows' losses on the parameters; row i of every layer's
/// output must belong to row i of the data, and nothing may mix rows. UsageError for a parameter
/// that is used by anything but `linear` and `gather` (found by comparing with the true gradient).
///
/// Source  Goodfellow, Efficient per-example gradient computations, 2015.
std::vector<double> row_gradient_norms2(const std::function<Tensor()>& sum_of_rows,
                                        const Tensors& parameters);

/// How unequally the rows pull on the parameters.
struct RowGradients {
  double median = 0, high = 0, largest = 0;  ///< lengths: of the middle row, of the 99th percentile
  double share = 0;  ///< of the sum of squares that the top 1 % of the rows (at least 1) hold
  std::vector<std::int64_t> hardest;  ///< the rows that pull hardest, at most 5, hardest first
};
RowGradients row_gradients(const std::vector<double>& norms2);

}  // namespace downhill
