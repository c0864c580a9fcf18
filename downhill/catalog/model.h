#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "downhill/nn/embeddings.h"
#include "downhill/nn/sequential.h"

namespace downhill {

enum class Activation { relu, leaky_relu, elu, gelu, silu, softplus, sigmoid, tanh };
constexpr std::array<const char*, 8> words_of(Activation) {
  return {"relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "sigmoid", "tanh"};
}

/// What goes into a model, and how many numbers come out.
struct ModelShape {
  std::int64_t in = 1, out = 1;              ///< numbers
  std::vector<nn::Embedding> embedded = {};  ///< one code each, after the numbers
  /// The outputs begin around 0: the last bias is 0, and so are the weights of a linear model. (With
  /// hidden layers, last weights of 0 cost held-out loss: 15 % on the bundled digits.)
  bool centred = false;
};

/// A model from "linear", or "mlp:64,32": the widths of its hidden layers, with relu between them;
/// options follow the widths, as in "mlp:64,32,dropout=0.2,activation=silu" (dropout after each
/// activation). Its first weights depend on the seed. UsageError for what is none.
nn::Sequential model_from(std::string_view spec, const ModelShape& shape, std::uint64_t seed);
inline nn::Sequential model_from(std::string_view spec, std::int64_t in, std::int64_t out,
                                 std::uint64_t seed) {
  return model_from(spec, ModelShape{.in = in, .out = out}, seed);
}

/// UsageError for a model that `model_from` refuses.
void check_model(std::string_view spec);
/// Whether it has hidden layers.
bool has_hidden_layers(std::string_view spec);
/// How many numbers its layers learn, without making them.
double count_parameters(std::string_view spec, const ModelShape& shape);

}  // namespace downhill
