// What an optimizer saves, and how it is loaded again.
#include <fmt/format.h>

#include <map>

#include "downhill/core/error.h"
#include "downhill/optim/optimizer.h"

namespace downhill {

std::vector<std::string> Optimizer::state_names(std::size_t slot) const {
  std::vector<std::string> names;
  std::map<std::string, int> seen;  // a link that stands twice has its number in the name
  for (const LinkPtr& link : groups_[slots_[slot].group].chain) {
    const int number = ++seen[link->name()];
    std::span<const char* const> states;
    if (link->kind() == Link::Kind::block)
      states = static_cast<const BlockLink*>(link.get())->states();
    else if (link->kind() == Link::Kind::matrix)
      states = static_cast<const MatrixLink*>(link.get())->states();
    for (const char* state : states)
      names.push_back(fmt::format("{}.{}{}.{}", parameters_[slot].name, link->name(),
                                  number > 1 ? fmt::format("#{}", number) : "", state));
  }
  return names;
}

NamedTensors Optimizer::state() const {
  NamedTensors all;
  all.emplace_back("steps", Tensor::scalar(static_cast<double>(steps_), Type::i64));
  all.emplace_back("lr_origin", Tensor::scalar(static_cast<double>(lr_origin_), Type::i64));
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const std::string& name = parameters_[i].name;
    all.emplace_back(name + ".step", Tensor::scalar(static_cast<double>(slots_[i].t), Type::i64));
    if (slots_[i].t == 0) continue;
    const auto names = state_names(i);
    for (std::size_t k = 0; k < names.size(); ++k) all.emplace_back(names[k], slots_[i].states[k]);
  }
  for (const auto& [name, tensor] : memory_) all.emplace_back("memory." + name, tensor);
  return all;
}

void Optimizer::load_state(const NamedTensors& given) {
  std::map<std::string, Tensor> left(given.begin(), given.end());
  std::vector<std::string> problems;
  const auto take = [&](const std::string& name, const Shape& shape, Type type) {
    const auto found = left.find(name);
    if (found == left.end()) {
      problems.push_back(name + " is missing");
      return Tensor();
    }
    Tensor tensor = found->second;
    left.erase(found);
    if (!(tensor.shape() == shape) || tensor.type() != type)
      problems.push_back(fmt::format("{} is {}; expected {} {}", name, describe(tensor),
                                     shape.text(), name_of(type)));
    return tensor.clone();
  };
  const auto count = [&](const std::string& name) -> std::int64_t {
    const Tensor t = take(name, {}, Type::i64);
    if (!t.defined() || t.rank() != 0 || t.type() != Type::i64) return 0;
    const std::int64_t value = *t.data<std::int64_t>();
    if (value >= 0 && value <= std::int64_t{1} << 53) return value;
    problems.push_back(fmt::format("{} is {}; expected a count", name, value));
    return 0;
  };
  std::vector<Slot> loaded = slots_;
  const std::int64_t steps = count("steps"), origin = count("lr_origin");
  for (std::size_t i = 0; i < loaded.size(); ++i) {
    const Tensor& p = parameters_[i].tensor;
    loaded[i].t = count(parameters_[i].name + ".step");
    loaded[i].states.clear();
    if (loaded[i].t == 0) continue;
    for (const std::string& name : state_names(i))
      loaded[i].states.push_back(take(name, p.shape(), p.type()));
  }
  NamedTensors memory;
  std::int64_t elements = 0;
  for (const Parameter& parameter : parameters_) elements += parameter.tensor.elements();
  for (const LinkPtr& link : groups_[0].chain) {
    if (link->kind() != Link::Kind::flat) continue;
    const std::string prefix = link->name() + ".";
    NamedTensors own;
    for (const auto& [name, tensor] : given)
      if (name.starts_with("memory." + prefix) && left.erase(name) > 0)
        own.emplace_back(name.substr(7 + prefix.size()), tensor.clone());
    for (const std::string& misfit : static_cast<const FlatLink&>(*link).misfits(own, elements))
      problems.push_back("memory." + prefix + misfit);
    for (const auto& [name, tensor] : own) memory.emplace_back(prefix + name, tensor);
  }
  for (const auto& [name, tensor] : left) problems.push_back(name + " is not expected");
  if (!problems.empty()) {
    std::string text;
    for (const std::string& problem : problems) text += "\n  " + problem;
    throw_data("optimizer", "the state does not fit " + groups_[0].method.name() + ":" + text);
  }
  slots_ = std::move(loaded);
  memory_ = std::move(memory);
  steps_ = steps;
  lr_origin_ = origin;
}

}  // namespace downhill
