#pragma once
#include <functional>
#include <optional>
#include <string>

#include "downhill/tensor/tensor.h"

namespace downhill {

/// Where numbers stopped being finite.
struct NonFinite {
  std::string operation;
  Shape shape;
  std::int64_t element;
  double value;
  bool slope = false;  ///< not in its result, but in what its backward made of a finite gradient
};

/// Runs `work` and names the first recorded operation whose result is not finite; or, where `work`
/// calls backward and all results are finite, the first whose backward is not.
std::optional<NonFinite> first_non_finite(const std::function<void()>& work);

/// The first element that is NaN or infinite, or -1.
std::int64_t find_non_finite(const Tensor& tensor);

}  // namespace downhill
