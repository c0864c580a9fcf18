#include "downhill/catalog/model.h"

#include <fmt/format.h>

#include <charconv>

#include "downhill/core/error.h"
#include "downhill/core/options.h"

namespace downhill {
namespace {

constexpr const char* kExpected = "expected linear or mlp:64,32";

struct Architecture {
  std::vector<std::int64_t> hidden = {};
  double dropout = 0;
  Activation activation = Activation::relu;

  static constexpr auto options() {
    return std::array{
        option<&Architecture::dropout>("dropout", kFraction, "share of units left out"),
        option<&Architecture::activation>("activation", "between the layers")};
  }
};

[[noreturn]] void refuse(std::string_view spec, const std::string& what) {
  throw_usage("model", fmt::format("'{}': {}", spec, what));
}

std::int64_t width_of(std::string_view spec, std::string_view text) {
  std::int64_t width = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), width);
  if (error != std::errc() || end != text.data() + text.size() || width < 1 || width > 1'000'000)
    refuse(spec, fmt::format("'{}' is not a width between 1 and 1,000,000; {}", text, kExpected));
  return width;
}

Architecture parse(std::string_view spec) {
  const std::size_t colon = spec.find(':');
  const std::string_view name = spec.substr(0, colon);
  static const std::vector<std::string> known = {"linear", "mlp"};
  if (name != "linear" && name != "mlp") throw_unknown("model", name, known);
  if (name == "linear") {
    if (colon != std::string_view::npos) refuse(spec, "linear has no options");
    return {};
  }
  Architecture all;
  Spec named{"mlp", {}};
  for (const std::string_view piece :
       split_outside(colon == std::string_view::npos ? "" : spec.substr(colon + 1), ',')) {
    const std::size_t equals = piece.find('=');
    if (equals != std::string_view::npos)
      named.options.emplace_back(piece.substr(0, equals), piece.substr(equals + 1));
    else if (!named.options.empty())
      refuse(spec,
             fmt::format("the width '{}' stands after an option; expected widths first", piece));
    else if (!piece.empty()) all.hidden.push_back(width_of(spec, piece));
  }
  if (all.hidden.empty() || all.hidden.size() > 64)
    refuse(spec, "expected 1 to 64 widths, as in mlp:64,32");
  read_options("mlp", all, named);
  check_options("mlp", all);
  return all;
}

using Function = Tensor (*)(const Tensor&);
Function function_of(Activation activation) {
  switch (activation) {
    case Activation::relu:
      return nn::relu;
    case Activation::leaky_relu:
      return [](const Tensor& x) { return nn::leaky_relu(x); };
    case Activation::elu:
      return [](const Tensor& x) { return nn::elu(x); };
    case Activation::gelu:
      return nn::gelu;
    case Activation::silu:
      return nn::silu;
    case Activation::softplus:
      return nn::softplus;
    case Activation::sigmoid:
      return nn::sigmoid;
    case Activation::tanh:
      return nn::tanh;
  }
  return nn::relu;
}

}  // namespace

void check_model(std::string_view spec) { parse(spec); }
bool has_hidden_layers(std::string_view spec) { return !parse(spec).hidden.empty(); }

double count_parameters(std::string_view spec, const ModelShape& shape) {
  double in = static_cast<double>(shape.in), count = 0;
  for (const nn::Embedding& e : shape.embedded) {
    count += static_cast<double>(e.levels) * static_cast<double>(e.width);
    in += static_cast<double>(e.width);
  }
  std::vector<std::int64_t> widths = parse(spec).hidden;
  widths.push_back(shape.out);
  for (const std::int64_t width : widths) {
    const auto out = static_cast<double>(width);
    count += (in + 1) * out;
    in = out;
  }
  return count;
}

nn::Sequential model_from(std::string_view spec, const ModelShape& shape, std::uint64_t seed) {
  const Architecture architecture = parse(spec);
  Random random(seed);
  nn::Sequential model;
  std::int64_t in = shape.in;
  if (!shape.embedded.empty()) {
    nn::Embeddings embeddings(shape.in, shape.embedded, random);
    in = embeddings.outputs();
    model.push_back(std::move(embeddings));
  }
  std::uint64_t dropped = 0;
  for (const std::int64_t width : architecture.hidden) {
    model.push_back(nn::Linear(in, width, random));
    model.push_back(function_of(architecture.activation));
    if (architecture.dropout > 0)
      model.push_back(nn::Dropout(architecture.dropout, seed + ++dropped));
    in = width;
  }
  nn::Linear last(in, shape.out, random);
  if (shape.centred) {
    last.bias.fill(0);
    if (architecture.hidden.empty()) last.weight.fill(0);
  }
  model.push_back(std::move(last));
  return model;
}

}  // namespace downhill
