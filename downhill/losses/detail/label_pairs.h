#pragma once
#include "downhill/tensor/tensor.h"

namespace downhill::detail {

/// Which rows of a batch share their label, as masks (N, N) of uint8; a row is no pair with itself.
struct LabelPairs {
  explicit LabelPairs(const Tensor& labels);
  Tensor alike, apart;
  Tensor has_alike, has_apart;  ///< (N): whether the row has any
};

/// UsageError if features is no matrix (N, D), or labels are not int64 (N).
void check_features_and_labels(const char* loss, const Tensor& features, const Tensor& labels);

}  // namespace downhill::detail
