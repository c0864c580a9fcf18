#pragma once
#include <cstring>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/nn/module.h"
#include "downhill/optim/optimizer.h"

namespace downhill::detail {

inline bool same_bits(const Tensor& a, const Tensor& b) {
  return a.bytes() == b.bytes() &&
         (a.bytes() == 0 || std::memcmp(a.raw(), b.raw(), a.bytes()) == 0);
}

/// Everything that training moves, put back at the end of a scope: parameters, buffers (random states
/// among them), gradients, the optimizer's state, the mode.
class KeptTraining {
 public:
  KeptTraining(nn::Module& model, Optimizer& optimizer)
      : model_(model), optimizer_(optimizer), before_(optimizer), training_(model.training()) {
    for (const Parameter& p : model.state()) keep(p.tensor);
    for (const Parameter& p : optimizer.parameters()) keep(p.tensor);
    for (const auto& [name, tensor] : optimizer.state()) state_.emplace_back(name, tensor.clone());
  }
  ~KeptTraining() {
    try {
      restore();
    } catch (const Error&) {
      // What does not fit back was changed by the loss itself, in shape or type.
    }
  }
  KeptTraining(const KeptTraining&) = delete;
  KeptTraining& operator=(const KeptTraining&) = delete;

  void restore() {
    optimizer_ = before_;
    optimizer_.load_state(state_);
    put_back();
    for (Tensor& tensor : tensors_) tensor.zero_grad();
    for (std::size_t i = 0; i < tensors_.size(); ++i)
      if (gradients_[i].defined()) tensors_[i].set_grad(gradients_[i].clone());
    model_.train(training_);
  }
  /// Values alone: parameters and buffers.
  void put_back() {
    for (std::size_t i = 0; i < tensors_.size(); ++i) tensors_[i].assign(values_[i]);
  }
  bool unchanged() const {
    for (std::size_t i = 0; i < tensors_.size(); ++i)
      if (!same_bits(tensors_[i], values_[i])) return false;
    return true;
  }

 private:
  void keep(const Tensor& tensor) {
    tensors_.push_back(tensor);
    values_.push_back(tensor.clone());
    const bool has = tensor.requires_grad() && tensor.grad().defined();
    gradients_.push_back(has ? tensor.grad().clone() : Tensor());
  }

  nn::Module& model_;
  Optimizer& optimizer_;
  const Optimizer before_;
  const bool training_;
  std::vector<Tensor> tensors_, values_, gradients_;
  NamedTensors state_;
};

}  // namespace downhill::detail
