#include "downhill/train/detail/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "downhill/core/error.h"
#include "downhill/io/safetensors.h"

namespace downhill::detail {
namespace {

constexpr const char* kKind = "checkpoint 3";
constexpr std::int64_t kMost = std::int64_t{1} << 53;  // of any count: what a double holds exactly

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
  throw FileError(FileError::Kind::model, path.string() + ": " + what);
}

std::string prefix_of(std::size_t observer) { return fmt::format("observer.{}.", observer); }

// The integers and numbers of a position, in a fixed order.
template <class P, class Visit>
void visit(P& p, Visit&& each) {
  each("epoch", p.epoch);
  each("batch", p.batch);
  each("step", p.step);
  each("epoch_loss", p.epoch_loss);
  each("epoch_weight", p.epoch_weight);
  each("first_loss", p.first_loss);
  each("epoch_norms", p.epoch_norms);
  each("last_lr", p.last_lr);
  each("best_epoch", p.best_epoch);
  each("best_loss", p.best_loss);
  each("bad_epochs", p.bad_epochs);
  each("skipped", p.skipped);
  each("epoch_skipped", p.epoch_skipped);
  each("log_bytes", p.log.bytes);
  each("log_crc", p.log.crc);
}

std::string text_of(std::span<const ObserverPtr> observers) {
  std::string text;
  for (const ObserverPtr& observer : observers) {
    const std::string one = observer->text();
    if (!one.empty()) text += (text.empty() ? "" : " | ") + one;
  }
  return text;
}

std::string differences(const SafeTensors& file, const RunParts& parts) {
  std::string text;
  const auto compare = [&](const char* name, const std::string& now) {
    const std::string* then = file.find_metadata(name);
    if (then == nullptr || *then != now)
      text += fmt::format("\n  {} = {} now, {} in the checkpoint", name, now,
                          then == nullptr ? "absent" : *then);
  };
  compare("optimizer", parts.method);
  compare("observers", text_of(parts.observers));
  std::map<std::string, std::string> saved;
  for (const auto& [key, value] : file.metadata)
    if (key.starts_with("config.")) saved[key.substr(7)] = value;
  for (const auto& [key, value] : parts.config) {
    // More epochs are why one resumes; a table may have moved: `table` is the fingerprint of its rows.
    if (key == "epochs" || key == "data") continue;
    const auto found = saved.find(key);
    if (found == saved.end())
      text += fmt::format("\n  {} = {} now, absent in the checkpoint", key, value);
    else if (found->second != value)
      text += fmt::format("\n  {} = {} now, {} in the checkpoint", key, value, found->second);
    saved.erase(key);
  }
  for (const char* key : {"epochs", "data"}) saved.erase(key);
  for (const auto& [key, value] : saved)
    text += fmt::format("\n  {} = {} in the checkpoint, absent now", key, value);
  return text;
}

// Every number of a run that went on is finite, and its counts fit each other.
void check_position(const std::filesystem::path& path, const Position& p) {
  visit(p, [&]<class N>(const char* name, N value) {
    if constexpr (std::is_integral_v<N>) {
      if (value < 0 || value > kMost)
        refuse(path, fmt::format("position.{} is {}; expected a count", name, value));
    } else if (!std::isfinite(value)) {
      refuse(path, fmt::format("position.{} is {}; expected a finite number", name, value));
    }
  });
  if (p.epoch_weight < 0)
    refuse(path,
           fmt::format("position.epoch_weight is {}; expected a sum of weights", p.epoch_weight));
  if (p.last_lr < 0 || p.epoch_norms < 0)
    refuse(path,
           fmt::format("position.last_lr is {} and position.epoch_norms {}; expected 0 or more",
                       p.last_lr, p.epoch_norms));
  if (p.epoch_skipped > p.batch || p.epoch_skipped > p.skipped || p.skipped > p.step)
    refuse(path, fmt::format("{} skipped steps, {} of them in this epoch, do not fit step {}",
                             p.skipped, p.epoch_skipped, p.step));
  if (p.best_epoch > p.epoch || p.bad_epochs > p.epoch - p.best_epoch)
    refuse(path, fmt::format("epoch {} cannot have its best in epoch {} and {} worse ones since",
                             p.epoch, p.best_epoch, p.bad_epochs));
}

Position position_of(const std::filesystem::path& path, const SafeTensors& file) {
  Position p;
  visit(p, [&]<class N>(const char* name, N& value) {
    const Tensor* tensor = file.find(std::string("position.") + name);
    // Earlier files of this kind do not count skipped steps.
    if (tensor == nullptr && std::string_view(name).ends_with("skipped")) return;
    if (tensor == nullptr || tensor->type() != type_of<N> || tensor->elements() != 1)
      refuse(path, fmt::format("position.{} is missing or misshapen", name));
    value = tensor->data<N>()[0];
  });
  check_position(path, p);
  const auto text = [&](const char* name) {
    const std::string* found = file.find_metadata(name);
    if (found == nullptr) refuse(path, fmt::format("the metadata '{}' is missing", name));
    return *found;
  };
  p.ended = text("ended");
  p.message = text("message");
  return p;
}

bool all_finite(const Tensor& tensor) {
  const auto numbers = tensor.to_vector();
  return std::ranges::all_of(numbers, [](double value) { return std::isfinite(value); });
}

bool holds_nan(const Tensor& tensor) {
  const auto numbers = tensor.to_vector();
  return std::ranges::any_of(numbers, [](double value) { return std::isnan(value); });
}

}  // namespace

Weights copy_weights(const nn::Module& model) {
  Weights copies;
  for (const Parameter& p : model.state()) copies.emplace_back(p.name, p.tensor.clone());
  return copies;
}

void write_checkpoint(const std::filesystem::path& path, const Position& position,
                      const Weights& best, const RunParts& parts) {
  SafeTensors file;
  for (const Parameter& p : parts.model.state())
    file.tensors.emplace_back("model." + p.name, p.tensor);
  for (const auto& [name, tensor] : best) file.tensors.emplace_back("best." + name, tensor);
  for (const auto& [name, tensor] : parts.optimizer.state())
    file.tensors.emplace_back("optimizer." + name, tensor);
  for (std::size_t i = 0; i < parts.observers.size(); ++i)
    for (const auto& [name, tensor] : parts.observers[i]->state())
      file.tensors.emplace_back(prefix_of(i) + name, tensor);
  visit(position, [&]<class N>(const char* name, N value) {
    file.tensors.emplace_back(std::string("position.") + name, Tensor::from(std::vector<N>{value}));
  });
  file.metadata.emplace_back("downhill.kind", kKind);
  file.metadata.emplace_back("optimizer", parts.method);
  file.metadata.emplace_back("observers", text_of(parts.observers));
  file.metadata.emplace_back("ended", position.ended);
  file.metadata.emplace_back("message", position.message);
  for (const auto& [key, value] : parts.config) file.metadata.emplace_back("config." + key, value);
  write_safetensors(path, file);
}

void read_checkpoint(const std::filesystem::path& path, Position& position, Weights& best,
                     const RunParts& parts) {
  const SafeTensors file = read_safetensors(path);
  const std::string* kind = file.find_metadata("downhill.kind");
  if (kind == nullptr || *kind != kKind)
    refuse(path,
           fmt::format("is not a checkpoint of this version (downhill.kind is {}; expected '{}')",
                       kind == nullptr ? "absent" : "'" + *kind + "'", kKind));
  if (const std::string changed = differences(file, parts); !changed.empty())
    refuse(path,
           "the configuration differs from that of the checkpoint; resume with the same, or start "
           "again with --overwrite:" +
               changed);
  Weights weights, best_weights;
  NamedTensors state;
  std::vector<NamedTensors> observed(parts.observers.size());
  for (const auto& [name, tensor] : file.tensors) {
    if (name.starts_with("model.")) weights.emplace_back(name.substr(6), tensor);
    else if (name.starts_with("best.")) best_weights.emplace_back(name.substr(5), tensor);
    else if (name.starts_with("optimizer.")) state.emplace_back(name.substr(10), tensor);
    for (std::size_t i = 0; i < observed.size(); ++i)
      if (const std::string prefix = prefix_of(i); name.starts_with(prefix))
        observed[i].emplace_back(name.substr(prefix.size()), tensor);
  }
  const Position loaded = position_of(path, file);
  if (loaded.best_epoch > 0 && best_weights.empty())
    refuse(path, "the best weights (best.*) are missing");
  for (const auto& [name, tensor] : best_weights)
    if (!all_finite(tensor)) refuse(path, fmt::format("best.{} holds a number that is none", name));
  // A run that goes on has no NaN, which a step would spread.
  const bool goes_on = loaded.ended.empty();
  for (const auto& [name, tensor] : weights)
    if (goes_on && !all_finite(tensor))
      refuse(path, fmt::format("model.{} holds a number that is none", name));
  for (const auto& [name, tensor] : state)
    if (goes_on && holds_nan(tensor)) refuse(path, fmt::format("optimizer.{} holds NaN", name));
  const Weights before = copy_weights(parts.model);
  try {
    if (!best_weights.empty()) parts.model.load(best_weights);  // to see that they fit
    parts.model.load(weights);
    parts.optimizer.load_state(state);
    for (std::size_t i = 0; i < observed.size(); ++i) parts.observers[i]->load(observed[i]);
  } catch (const DataError& error) {
    parts.model.load(before);
    refuse(path, error.what());
  }
  position = loaded;
  best = std::move(best_weights);
}

}  // namespace downhill::detail
