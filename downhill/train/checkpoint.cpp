#include "downhill/train/detail/checkpoint.h"

#include <fmt/format.h>

#include <map>

#include "downhill/core/error.h"
#include "downhill/io/safetensors.h"

namespace downhill::detail {
namespace {

constexpr const char* kKind = "checkpoint 1";
constexpr std::int64_t kMost = std::int64_t{1} << 53;  // of any count: what a double holds exactly

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
  throw FileError(FileError::Kind::model, path.string() + ": " + what);
}

// The integers and numbers of a position, in a fixed order.
template <class P, class Visit>
void visit(P& p, Visit&& each) {
  each("epoch", p.epoch);
  each("batch", p.batch);
  each("step", p.step);
  each("epoch_rows", p.epoch_rows);
  each("epoch_loss", p.epoch_loss);
  each("first_loss", p.first_loss);
  each("last_gradient_norm", p.last_gradient_norm);
  each("best_epoch", p.best_epoch);
  each("best_loss", p.best_loss);
  each("bad_epochs", p.bad_epochs);
}

std::string differences(const SafeTensors& file, const Config& config, const Optimizer& optimizer) {
  std::string text;
  const std::string* method = file.find_metadata("optimizer");
  if (method == nullptr || *method != optimizer.text())
    text += fmt::format("\n  optimizer = {} now, {} in the checkpoint", optimizer.text(),
                        method == nullptr ? "absent" : *method);
  std::map<std::string, std::string> saved;
  for (const auto& [key, value] : file.metadata)
    if (key.starts_with("config.")) saved[key.substr(7)] = value;
  for (const auto& [key, value] : config) {
    if (key == "epochs") continue;
    const auto found = saved.find(key);
    if (found == saved.end())
      text += fmt::format("\n  {} = {} now, absent in the checkpoint", key, value);
    else if (found->second != value)
      text += fmt::format("\n  {} = {} now, {} in the checkpoint", key, value, found->second);
    saved.erase(key);
  }
  saved.erase("epochs");
  for (const auto& [key, value] : saved)
    text += fmt::format("\n  {} = {} in the checkpoint, absent now", key, value);
  return text;
}

}  // namespace

Weights copy_weights(const nn::Module& model) {
  Weights copies;
  for (const Parameter& p : model.state()) copies.emplace_back(p.name, p.tensor.clone());
  return copies;
}

void write_checkpoint(const std::filesystem::path& path, const Position& position,
                      const nn::Module& model, const Weights& best, const Optimizer& optimizer,
                      const Config& config) {
  SafeTensors file;
  for (const Parameter& p : model.state()) file.tensors.emplace_back("model." + p.name, p.tensor);
  for (const auto& [name, tensor] : best) file.tensors.emplace_back("best." + name, tensor);
  for (const auto& [name, tensor] : optimizer.state())
    file.tensors.emplace_back("optimizer." + name, tensor);
  visit(position, [&]<class N>(const char* name, N value) {
    file.tensors.emplace_back(std::string("position.") + name, Tensor::from(std::vector<N>{value}));
  });
  file.metadata.emplace_back("downhill.kind", kKind);
  file.metadata.emplace_back("optimizer", optimizer.text());
  for (const auto& [key, value] : config) file.metadata.emplace_back("config." + key, value);
  write_safetensors(path, file);
}

void read_checkpoint(const std::filesystem::path& path, Position& position, nn::Module& model,
                     Weights& best, Optimizer& optimizer, const Config& config) {
  const SafeTensors file = read_safetensors(path);
  const std::string* kind = file.find_metadata("downhill.kind");
  if (kind == nullptr || *kind != kKind)
    refuse(path,
           fmt::format("is not a checkpoint of this version (downhill.kind is {}; expected '{}')",
                       kind == nullptr ? "absent" : "'" + *kind + "'", kKind));
  if (const std::string changed = differences(file, config, optimizer); !changed.empty())
    refuse(path,
           "the configuration differs from that of the checkpoint; resume with the same, or start "
           "again with --overwrite:" +
               changed);
  Weights weights, best_weights;
  NamedTensors state;
  for (const auto& [name, tensor] : file.tensors) {
    if (name.starts_with("model.")) weights.emplace_back(name.substr(6), tensor);
    else if (name.starts_with("best.")) best_weights.emplace_back(name.substr(5), tensor);
    else if (name.starts_with("optimizer.")) state.emplace_back(name.substr(10), tensor);
  }
  Position loaded;
  visit(loaded, [&]<class N>(const char* name, N& value) {
    const Tensor* tensor = file.find(std::string("position.") + name);
    if (tensor == nullptr || tensor->type() != type_of<N> || tensor->elements() != 1)
      refuse(path, fmt::format("position.{} is missing or misshapen", name));
    value = tensor->data<N>()[0];
    if constexpr (std::is_integral_v<N>)
      if (value < 0 || value > kMost)
        refuse(path, fmt::format("position.{} is {}; expected a count", name, value));
  });
  if (loaded.best_epoch > 0 && best_weights.empty())
    refuse(path, "the best weights (best.*) are missing");
  const Weights before = copy_weights(model);
  try {
    if (!best_weights.empty()) model.load(best_weights);  // to see that they fit
    model.load(weights);
    optimizer.load_state(state);
  } catch (const DataError& error) {
    model.load(before);
    refuse(path, error.what());
  }
  position = loaded;
  best = std::move(best_weights);
}

}  // namespace downhill::detail
