#pragma once
#include <cstdint>
#include <string>

#include "downhill/tensor/tensor.h"

namespace downhill::detail {

/// The weight of each item (element, row, region) of a loss: `weight` has the shape of the items or
/// of their leading axes, and is spread over the rest. Undefined stays undefined: all 1. UsageError
/// if it has another type than the predictions, another shape, or an entry that is negative,
/// infinite or NaN.
Tensor spread_weight(const std::string& name, const Tensor& weight, Type type, const Shape& items);

/// The entries of a weight: refused if negative, infinite or NaN, or of another type.
void check_weight_values(const std::string& name, const Tensor& weight, Type type);

/// The sum of the weights in double, whatever their type.
double total_of(const Tensor& weight);

/// Refuses a sum of weights by which nothing can be divided: infinite, or above 0 and below the
/// smallest normal number of the type.
double check_total(const std::string& name, double total, Type type);

/// What has weight 0 is not there: its number is 0, even where it would be NaN.
template <class T>
void clear_absent(const T* weight, T* numbers, std::int64_t items) {
  if (weight == nullptr || numbers == nullptr) return;
  for (std::int64_t i = 0; i < items; ++i)
    if (weight[i] == 0) numbers[i] = 0;
}

}  // namespace downhill::detail
