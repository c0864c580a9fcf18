#pragma once
#include <initializer_list>
#include <span>
#include <vector>

#include "downhill/tensor/tensor.h"

namespace downhill {

/// The predictions or the targets of a loss: one tensor, several in braces, a span or a vector. It
/// refers to them and lives for the call only.
class Inputs {
 public:
  Inputs() = default;
  Inputs(const Tensor& one) : all_(&one, 1) {}
  Inputs(std::initializer_list<Tensor> several) : all_(view(several)) {}
  Inputs(std::span<const Tensor> several) : all_(several) {}
  Inputs(const std::vector<Tensor>& several) : all_(several) {}

  std::span<const Tensor> span() const { return all_; }

 private:
  static std::span<const Tensor> view(std::initializer_list<Tensor> several) {
    return {several.begin(), several.size()};
  }
  std::span<const Tensor> all_;
};

}  // namespace downhill
