// What an optimizer saves, and how it is loaded again.
#include <fmt/format.h>

#include <map>

#include "downhill/core/error.h"
#include "downhill/optim/optimizer.h"

namespace downhill {
namespace {

// What is left of a given state, and all that does not fit.
class Reader {
 public:
  explicit Reader(const NamedTensors& given) {
    for (const auto& [name, tensor] : given)
      if (!left_.emplace(name, tensor).second) problems_.push_back(name + " stands there twice");
  }

  Tensor take(const std::string& name, const Shape& shape, Type type) {
    const auto found = left_.find(name);
    if (found == left_.end()) {
      problems_.push_back(name + " is missing");
      return {};
    }
    const Tensor tensor = found->second;
    left_.erase(found);
    if (tensor.shape() == shape && tensor.type() == type) return tensor.clone();
    problems_.push_back(fmt::format("{} is {}; expected {} {}", name, describe(tensor),
                                    shape.text(), name_of(type)));
    return {};
  }
  /// Whether a name that begins so is left.
  bool has(const std::string& prefix) const {
    const auto found = left_.lower_bound(prefix);
    return found != left_.end() && found->first.starts_with(prefix);
  }
  std::int64_t count(const std::string& name) {
    const Tensor tensor = take(name, {}, Type::i64);
    if (!tensor.defined()) return 0;
    const std::int64_t value = *tensor.data<std::int64_t>();
    if (value >= 0 && value <= std::int64_t{1} << 53) return value;
    problems_.push_back(fmt::format("{} is {}; expected a count", name, value));
    return 0;
  }
  double number(const std::string& name) {
    const Tensor tensor = take(name, {}, Type::f64);
    return tensor.defined() ? tensor.item() : 0;
  }
  /// DataError with all that does not fit and all that is left.
  void finish(const std::string& method) {
    for (const auto& [name, tensor] : left_) problems_.push_back(name + " is not expected");
    if (problems_.empty()) return;
    std::string text;
    for (const std::string& problem : problems_) text += "\n  " + problem;
    throw_data("optimizer", "the state does not fit " + method + ":" + text);
  }

 private:
  std::map<std::string, Tensor> left_;
  std::vector<std::string> problems_;
};

// "w.step", then one count behind each gate.
std::vector<std::string> count_names(const std::string& parameter, const detail::Group& group) {
  std::vector<std::string> names = {parameter + ".step"};
  for (std::size_t i = 0; i < group.chain.size(); ++i)
    if (group.chain[i]->traits().gate)
      names.push_back(fmt::format("{}.{}.opened", parameter, detail::label_of(group.chain, i)));
  return names;
}

// "link.scale_by_nadam.mu_product"; groups after the first have their number in it.
std::vector<std::string> number_names(const detail::Group& group, std::size_t index) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < group.chain.size(); ++i)
    for (const char* number : group.chain[i]->traits().numbers)
      names.push_back(fmt::format("link.{}{}.{}", detail::label_of(group.chain, i),
                                  index > 0 ? fmt::format("@{}", index) : "", number));
  return names;
}

}  // namespace

// Names and shapes of all states of a parameter.
StateShapes Optimizer::declared_states(std::size_t slot) const {
  const Chain& chain = groups_[slots_[slot].group].chain;
  const Parameter& parameter = parameters_[slot];
  const Shape& shape = parameter.tensor.shape();
  StateShapes all;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const std::string prefix = fmt::format("{}.{}.", parameter.name, detail::label_of(chain, i));
    if (const BlockLink* link = detail::block(chain[i]))
      for (const char* state : link->states()) all.emplace_back(prefix + state, shape);
    else
      for (const auto& [name, own] : detail::tensor(chain[i])->states(shape))
        all.emplace_back(prefix + name, own);
  }
  return all;
}

void Optimizer::make_states(std::size_t index) {
  detail::Slot& slot = slots_[index];
  const Chain& chain = groups_[slot.group].chain;
  const Tensor& parameter = parameters_[index].tensor;
  slot.states.clear();
  slot.state_names.clear();
  slot.first_states.clear();
  for (const auto& [name, shape] : declared_states(index)) {
    slot.states.push_back(Tensor::zeros(shape, parameter.type()));
    slot.state_names.push_back(name);
  }
  std::size_t first = 0;
  for (const LinkPtr& link : chain) {
    slot.first_states.push_back(first);
    first += link->kind() == Link::Kind::block
                 ? detail::block(link)->states().size()
                 : detail::tensor(link)->states(parameter.shape()).size();
  }
  slot.first_states.push_back(first);
}

// The group that keeps the memory of links on all parameters.
std::size_t Optimizer::first_used() const {
  std::size_t first = groups_.size();
  for (const detail::Slot& slot : slots_) first = std::min(first, slot.group);
  return first;
}

StateShapes Optimizer::declared_memory(std::size_t link) const {
  std::int64_t elements = 0;
  for (const Parameter& parameter : parameters_) elements += parameter.tensor.elements();
  const LinkPtr& one = groups_[first_used()].chain[link];
  return one->kind() == Link::Kind::tensor ? detail::tensor(one)->memory(elements) : StateShapes();
}

// Zeros where there is none yet, or none of this shape.
void Optimizer::make_memory() {
  detail::Group& group = groups_[first_used()];
  for (std::size_t i = 0; i < group.chain.size(); ++i) {
    const StateShapes declared = declared_memory(i);
    bool fits = group.memory[i].size() == declared.size();
    for (std::size_t k = 0; fits && k < declared.size(); ++k)
      fits = group.memory[i][k].shape() == declared[k].second;
    if (fits) continue;
    group.memory[i].clear();
    for (const auto& [name, shape] : declared)
      group.memory[i].push_back(Tensor::zeros(shape, Type::f64));
    const auto& fresh = group.chain[i]->traits().first_numbers;
    std::copy(fresh.begin(), fresh.end(),
              group.numbers.begin() + static_cast<std::ptrdiff_t>(group.first_numbers[i]));
  }
}

NamedTensors Optimizer::state() const {
  NamedTensors all;
  const auto count = [&](const std::string& name, std::int64_t value) {
    all.emplace_back(name, Tensor::scalar(static_cast<double>(value), Type::i64));
  };
  count("steps", steps_);
  count("lr_origin", lr_origin_);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const detail::Slot& slot = slots_[i];
    const auto counts = count_names(parameters_[i].name, groups_[slot.group]);
    for (std::size_t k = 0; k < counts.size(); ++k) count(counts[k], slot.t[k]);
    if (slot.t[0] == 0) continue;
    for (std::size_t k = 0; k < slot.states.size(); ++k)
      all.emplace_back(slot.state_names[k], slot.states[k]);
  }
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const auto names = number_names(groups_[g], g);
    for (std::size_t k = 0; k < names.size(); ++k)
      all.emplace_back(names[k], Tensor::scalar(groups_[g].numbers[k], Type::f64));
  }
  const detail::Group& first = groups_[first_used()];
  for (std::size_t i = 0; i < first.chain.size(); ++i) {
    if (first.memory[i].empty()) continue;
    const StateShapes declared = declared_memory(i);
    for (std::size_t k = 0; k < declared.size(); ++k)
      all.emplace_back(
          fmt::format("memory.{}.{}", detail::label_of(first.chain, i), declared[k].first),
          first.memory[i][k]);
  }
  return all;
}

void Optimizer::load_state(const NamedTensors& given) {
  Reader reader(given);
  Optimizer next = *this;
  next.steps_ = reader.count("steps");
  next.lr_origin_ = reader.count("lr_origin");
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    detail::Slot& slot = next.slots_[i];
    const auto counts = count_names(parameters_[i].name, groups_[slot.group]);
    for (std::size_t k = 0; k < counts.size(); ++k) slot.t[k] = reader.count(counts[k]);
    slot.states.clear();
    slot.state_names.clear();
    if (slot.t[0] == 0) continue;
    next.make_states(i);
    for (std::size_t k = 0; k < slot.states.size(); ++k)
      slot.states[k] =
          reader.take(slot.state_names[k], slot.states[k].shape(), slot.states[k].type());
  }
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const auto names = number_names(groups_[g], g);
    for (std::size_t k = 0; k < names.size(); ++k)
      next.groups_[g].numbers[k] = reader.number(names[k]);
  }
  detail::Group& first = next.groups_[first_used()];
  for (std::size_t i = 0; i < first.chain.size(); ++i) {
    first.memory[i].clear();
    if (next.steps_ == 0 && !reader.has("memory.")) continue;
    for (const auto& [name, shape] : declared_memory(i))
      first.memory[i].push_back(reader.take(
          fmt::format("memory.{}.{}", detail::label_of(first.chain, i), name), shape, Type::f64));
  }
  reader.finish(groups_[0].method.name());
  *this = std::move(next);
}

}  // namespace downhill
