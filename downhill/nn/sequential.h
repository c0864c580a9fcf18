#pragma once
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

#include "downhill/nn/activations.h"
#include "downhill/nn/dropout.h"
#include "downhill/nn/linear.h"
#include "downhill/nn/module.h"

namespace downhill::nn {

/// Layers one after the other; anything callable from Tensor to Tensor is one. Parameters are named
/// by position as in PyTorch: "0.weight", "2.weight". In parentheses the compiler chooses which layer
/// draws its first weights first (g++ the last), in braces it is the first.
///
///     nn::Sequential model(nn::Linear(64, 32), nn::relu, nn::Linear(32, 10));
class Sequential : public Module {
 public:
  using Layer = std::function<Tensor(const Tensor&)>;

  template <class... Layers>
  requires(sizeof...(Layers) > 0 && (std::is_invocable_r_v<Tensor, Layers&, const Tensor&> &&
                                     ...)) explicit Sequential(Layers... layers) {
    (push_back(std::move(layers)), ...);
  }
  Sequential() = default;

  template <class L>
  requires(!std::is_same_v<std::decay_t<L>, Layer>) void push_back(L layer) {
    if constexpr (std::is_base_of_v<Module, L>) add(std::to_string(layers_.size()), layer);
    layers_.push_back(Layer(std::move(layer)));
  }
  void push_back(Tensor (*function)(const Tensor&)) { layers_.push_back(function); }

  Tensor operator()(const Tensor& x) const {
    Tensor y = x;
    for (const Layer& layer : layers_) y = layer(y);
    return y;
  }

 private:
  std::vector<Layer> layers_;
};

}  // namespace downhill::nn
