// How an optimizer runs its chains: the order of a step, and tensor links.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "downhill/autodiff/node.h"
#include "downhill/core/error.h"
#include "downhill/core/parallel.h"
#include "downhill/optim/optimizer.h"

namespace downhill {
namespace {

void copy(const Tensor& from, const Tensor& to) {
  with_floating(to.type(), [&]<class T>() {
    parallel_blocks(to.elements(), [&](std::int64_t begin, std::int64_t end) {
      std::memcpy(to.data<T>() + begin, from.data<T>() + begin,
                  static_cast<std::size_t>(end - begin) * sizeof(T));
    });
  });
}

// As an assignment, which would be a call for the one or two numbers that there are.
template <class N>
void copy(const std::vector<N>& from, std::vector<N>& to) {
  to.resize(from.size());
  for (std::size_t k = 0; k < from.size(); ++k) to[k] = from[k];
}

}  // namespace

void Optimizer::update(double loss, Context::Evaluator* closure) {
  const NoGraph off;
  collect();
  before_.clear();
  if (needs_closure())
    for (const Parameter& parameter : parameters_) before_.push_back(parameter.tensor.clone());
  try {
    for (const Action& action : plan_) perform(action, loss, closure);
  } catch (...) {
    restore();
    throw;
  }
  for (detail::Slot& slot : slots_) slot.gradient = Tensor();
  before_.clear();
  ++steps_;
}

// Whether a gate keeps something of earlier calls for a parameter: it comes through with the others, whether
// or not this call had a gradient for it.
bool Optimizer::held_back(std::size_t index) const {
  const detail::Slot& slot = slots_[index];
  const Chain& chain = groups_[slot.group].chain;
  if (slot.t[0] == 0) return false;
  for (std::size_t link = 0; link < chain.size(); ++link) {
    if (!chain[link]->traits().gate) continue;
    for (std::size_t k = slot.first_states[link]; k < slot.first_states[link + 1]; ++k)
      if (const Tensor& kept = slot.states[k]; with_floating(kept.type(), [&]<class T>() {
            return std::ranges::any_of(kept.values<T>(), [](T v) { return v != 0; });
          }))
        return true;
  }
  return false;
}

// Looks up the gradients; throws if there are none.
void Optimizer::collect() {
  bool any = false;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    detail::Slot& slot = slots_[i];
    const Tensor& parameter = parameters_[i].tensor;
    const detail::Leaf* leaf = detail::leaf_of(parameter);
    slot.gradient = leaf != nullptr ? leaf->grad : Tensor();
    if (!slot.gradient.defined()) continue;
    any = true;
    check_same_type("step", "the parameter", parameter, "its gradient", slot.gradient);
    if (slot.t[0] > 0 && !slot.states.empty())
      check_same_type("step", "the parameter", parameter, "the optimizer's state", slot.states[0]);
  }
  if (!any)
    throw_usage(groups_[0].method.name(), "no parameter has a gradient; call backward before step");
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    detail::Slot& slot = slots_[i];
    const Tensor& parameter = parameters_[i].tensor;
    if (!slot.gradient.defined() && held_back(i))
      slot.gradient = Tensor::zeros(parameter.shape(), parameter.type());
    const bool active = slot.gradient.defined();
    if (active != slot.active) groups_[slot.group].pieces.clear();
    slot.active = active;
    copy(slot.t, slot.t_before);
    if (!active) continue;
    if (slot.t[0] == 0) make_states(i);
    ++slot.t[0];
  }
  for (detail::Group& group : groups_) {
    group.closed = group.measured = false;
    copy(group.numbers, group.numbers_before);
  }
  if (steps_ == 0) make_memory();
}

// After an exception of the closure: parameters, step counts and numbers as they were.
void Optimizer::restore() noexcept {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slots_[i].t = slots_[i].t_before;
    slots_[i].gradient = Tensor();
    if (before_.empty()) continue;
    std::memcpy(parameters_[i].tensor.raw(), before_[i].raw(), before_[i].bytes());
    parameters_[i].tensor.raise_version();
  }
  for (detail::Group& group : groups_) group.numbers = group.numbers_before;
  before_.clear();
  parts_.clear();
}

void Optimizer::perform(const Action& action, double loss, Context::Evaluator* closure) {
  const Action::Member& one = action.members[0];
  const detail::Stage& stage = groups_[one.group].stages[one.stage];
  if (stage.tensor) {
    run_tensor(action, loss, closure);
  } else {
    if (stage.measures) measure(action);
    for (const Action::Member& member : action.members)
      if (!groups_[member.group].closed) run_blocks(member.group, member.stage, loss);
  }
  for (const Action::Member& member : action.members) {
    const detail::Group& group = groups_[member.group];
    if (stage.tensor && !group.closed && member.stage + 1 == group.stages.size() &&
        !group.chain.back()->traits().moves)
      add_directions(member.group);
  }
}

// The slot's buffer for directions.
Tensor& Optimizer::direction(std::size_t slot) {
  const Tensor& p = parameters_[slot].tensor;
  Tensor& buffer = directions_[slot];
  if (!buffer.defined() || !(buffer.shape() == p.shape()) || buffer.type() != p.type())
    buffer = Tensor::empty(p.shape(), p.type());
  return buffer;
}

// The parts of a tensor link: the active parameters of its groups; all, with zeros where there is
// no gradient, if it remembers them as one vector.
void Optimizer::gather(const Action& action, bool all) {
  parts_.clear();
  part_slots_.clear();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    detail::Slot& slot = slots_[i];
    const auto member =
        std::find_if(action.members.begin(), action.members.end(),
                     [&](const Action::Member& m) { return m.group == slot.group; });
    if (member == action.members.end() || (!slot.active && !all)) continue;
    const detail::Group& group = groups_[slot.group];
    const std::size_t link = group.stages[member->stage].first;
    Tensor& d = direction(i);
    if (!slot.active) d.fill(0);
    else if (member->stage == 0) copy(slot.gradient, d);
    const std::span<Tensor> states =
        slot.active ? std::span(slot.states)
                          .subspan(slot.first_states[link],
                                   slot.first_states[link + 1] - slot.first_states[link])
                    : std::span<Tensor>();
    parts_.push_back({parameters_[i].name, parameters_[i].tensor, slot.active ? slot.gradient : d,
                      d, states, slot.t[group.section[link]]});
    part_slots_.push_back(i);
  }
}

void Optimizer::run_tensor(const Action& action, double loss, Context::Evaluator* closure) {
  for (const Action::Member& member : action.members)
    if (groups_[member.group].closed) return;
  detail::Group& group = groups_[action.members[0].group];
  const std::size_t index = group.stages[action.members[0].stage].first;
  const TensorLink& link = *detail::tensor(group.chain[index]);
  gather(action, link.has_memory());
  if (parts_.empty()) return;
  Step step{.index = steps_, .lr_factor = lr_factor(), .loss = loss};
  step.t = 0;
  for (const Part& part : parts_) step.t = std::max(step.t, part.t);
  Context context(link, step, parts_, group.memory[index],
                  group.numbers.data() + group.first_numbers[index], closure);
  link.run(parts_, context);
  hand_on(link);
  parts_.clear();
}

// Directions into their own buffers, whatever the link put in their place; states as declared.
void Optimizer::hand_on(const Link& link) {
  for (std::size_t k = 0; k < parts_.size(); ++k) {
    const Part& part = parts_[k];
    const Tensor& own = directions_[part_slots_[k]];
    if (part.direction.defined() && part.direction.raw() == own.raw() &&
        part.direction.shape() == own.shape())
      continue;
    check_same_shape(link.name().c_str(), "the direction", part.direction, "the parameter",
                     part.parameter);
    check_same_type(link.name().c_str(), "the direction", part.direction, "the parameter",
                    part.parameter);
    copy(part.direction, own);
  }
}

void Optimizer::add_directions(std::size_t group) {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].group != group || !slots_[i].active) continue;
    const Tensor& p = parameters_[i].tensor;
    with_floating(p.type(), [&]<class T>() {
      T* to = p.data<T>();
      const T* d = directions_[i].data<T>();
      parallel_blocks(p.elements(), [&](std::int64_t begin, std::int64_t end) {
#pragma omp simd
        for (std::int64_t j = begin; j < end; ++j) to[j] += d[j];
      });
    });
    p.raise_version();
  }
}

}  // namespace downhill
