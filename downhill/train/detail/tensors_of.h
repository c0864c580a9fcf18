#pragma once
#include <span>

#include "downhill/autodiff/functional.h"
#include "downhill/autodiff/parameter.h"

namespace downhill::detail {

/// The parameters without their names, as derivatives and flat vectors take them.
inline Tensors tensors_of(std::span<const Parameter> parameters) {
  Tensors tensors;
  for (const Parameter& p : parameters) tensors.push_back(p.tensor);
  return tensors;
}

}  // namespace downhill::detail
