#pragma once
#include <string>

#include "downhill/tensor/tensor.h"

namespace downhill {

/// A tensor that is trained, and its name ("0.weight").
struct Parameter {
  std::string name;
  Tensor tensor;
};

}  // namespace downhill
