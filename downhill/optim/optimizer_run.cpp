// How an optimizer runs its chains.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "downhill/autodiff/node.h"
#include "downhill/core/error.h"
#include "downhill/core/parallel.h"
#include "downhill/optim/optimizer.h"

namespace downhill {
namespace {

constexpr std::int64_t kStrip = 1024;  // a strip's direction and states lie in the L1 cache

const BlockLink* block(const LinkPtr& link) {
  return link->kind() == Link::Kind::block ? static_cast<const BlockLink*>(link.get()) : nullptr;
}

std::span<const char* const> states_of(const LinkPtr& link) {
  if (const BlockLink* b = block(link)) return b->states();
  if (link->kind() == Link::Kind::matrix)
    return static_cast<const MatrixLink*>(link.get())->states();
  return {};
}

std::size_t states_before(const Chain& chain, std::size_t index) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < index; ++i) count += states_of(chain[i]).size();
  return count;
}

}  // namespace

Optimizer::Group::Group(Method of)
    : method(std::move(of)),
      chain(method.chain()),
      one_pass(std::all_of(chain.begin(), chain.end(), [&](const LinkPtr& link) {
        return block(link) != nullptr && (&link == &chain.front() || !block(link)->measures());
      })) {}

void Optimizer::make_states(Slot& slot, const Tensor& parameter) {
  const Chain& chain = groups_[slot.group].chain;
  for (std::size_t k = states_before(chain, chain.size()); k > 0; --k)
    slot.states.push_back(Tensor::zeros(parameter.shape(), parameter.type()));
}

// Looks up the gradients; throws if there are none.
void Optimizer::collect() {
  bool any = false;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    const Tensor& parameter = parameters_[i].tensor;
    const detail::Leaf* leaf = detail::leaf_of(parameter);
    const bool active = leaf != nullptr && leaf->grad.defined();
    if (active != slot.active) groups_[slot.group].pieces.clear();
    slot.active = active;
    if (!active) continue;
    any = true;
    check_same_type("step", "the parameter", parameter, "its gradient", leaf->grad);
    if (!slot.states.empty())
      check_same_type("step", "the parameter", parameter, "the optimizer's state", slot.states[0]);
    slot.gradient = leaf->grad.raw();
  }
  if (!any)
    throw_usage(groups_[0].method.name(), "no parameter has a gradient; call backward before step");
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!slots_[i].active) continue;
    if (slots_[i].t == 0) make_states(slots_[i], parameters_[i].tensor);
    ++slots_[i].t;
  }
}

// The group's elements in pieces of one block.
void Optimizer::cut(std::size_t group) {
  std::vector<Piece>& pieces = groups_[group].pieces;
  if (!pieces.empty()) return;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].group != group || !slots_[i].active) continue;
    const std::int64_t n = parameters_[i].tensor.elements();
    for (std::int64_t begin = 0; begin < n; begin += kBlock)
      pieces.push_back({i, begin, std::min(n, begin + kBlock)});
  }
}

// A sum over every parameter whose chain has a link of this name: the norm is global.
double Optimizer::measure(const BlockLink& link, bool from_gradient) const {
  double total = 0;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    if (!slot.active) continue;
    const Chain& chain = groups_[slot.group].chain;
    if (std::none_of(chain.begin(), chain.end(),
                     [&](const LinkPtr& other) { return other->name() == link.name(); }))
      continue;
    const Tensor& p = parameters_[i].tensor;
    const void* numbers =
        from_gradient || !directions_[i].defined() ? slot.gradient : directions_[i].raw();
    with_floating(p.type(), [&]<class T>() {
      const std::int64_t n = p.elements();
      const T* d = static_cast<const T*>(numbers);
      if (n <= kBlock) {
        total += link.measure(d, p.data<T>(), n);
        return;
      }
      const Tensor partial = Tensor::empty({blocks(n)}, Type::f64);
      parallel_blocks(n, [&](std::int64_t begin, std::int64_t end) {
        partial.data<double>()[begin / kBlock] =
            link.measure(d + begin, p.data<T>() + begin, end - begin);
      });
      for (const double s : partial.values<double>()) total += s;
    });
  }
  return total;
}

// Binds the links first .. last-1 for every step count that occurs in the group.
void Optimizer::bind(std::size_t group, std::size_t first, std::size_t last, bool from_gradient) {
  const Chain& chain = groups_[group].chain;
  const std::size_t count = last - first;
  measured_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const BlockLink* link = block(chain[first + i]);
    measured_[i] = link->measures() ? measure(*link, from_gradient) : 0;
  }
  const double factor = lr_factor();
  std::size_t bound = 0;
  std::int64_t bound_t = -1;
  for (Slot& slot : slots_) {
    if (slot.group != group || !slot.active) continue;
    if (slot.t != bound_t) {
      bound_t = slot.t;
      bound += count;
      if (bounds_.size() < bound) bounds_.resize(bound);
      for (std::size_t i = 0; i < count; ++i)
        block(chain[first + i])
            ->bind({slot.t, measured_[i], steps_, factor}, bounds_[bound - count + i]);
    }
    slot.bound = bound - count;
  }
}

template <class T>
void Optimizer::run_piece(const Piece& piece, const Chain& chain, std::size_t first,
                          std::size_t last, bool from_gradient, bool into_parameter) {
  const Slot& slot = slots_[piece.slot];
  const T* source =
      static_cast<const T*>(from_gradient ? slot.gradient : directions_[piece.slot].raw());
  T* parameter = parameters_[piece.slot].tensor.data<T>();
  alignas(64) T strip[kStrip];
  for (std::int64_t begin = piece.begin; begin < piece.end; begin += kStrip) {
    const std::int64_t n = std::min(kStrip, piece.end - begin);
    T* d = into_parameter ? strip : directions_[piece.slot].data<T>() + begin;
    if (d != source + begin)
      std::memcpy(d, source + begin, static_cast<std::size_t>(n) * sizeof(T));
    std::size_t state = states_before(chain, first);
    for (std::size_t i = first; i < last; ++i) {
      const auto* link = static_cast<const BlockLink*>(chain[i].get());
      std::array<T*, BlockLink::kMaxStates> states;
      for (std::size_t k = 0; k < link->states().size(); ++k)
        states[k] = slot.states[state++].template data<T>() + begin;
      link->run(bounds_[slot.bound + i - first], d, parameter + begin, states.data(), n);
    }
    if (into_parameter) {
      T* moved = parameter + begin;
#pragma omp simd
      for (std::int64_t i = 0; i < n; ++i) moved[i] += d[i];
    }
  }
}

void Optimizer::run_blocks(std::size_t group, std::size_t first, std::size_t last,
                           bool from_gradient, bool into_parameter) {
  bind(group, first, last, from_gradient);
  cut(group);
  const Chain& chain = groups_[group].chain;
  const std::vector<Piece>& pieces = groups_[group].pieces;
  std::int64_t elements = 0;
  for (const Piece& piece : pieces) elements += piece.end - piece.begin;
  parallel_for(static_cast<std::int64_t>(pieces.size()), elements >= 2 * kParallelThreshold,
               [&](std::int64_t i) {
                 const Piece& piece = pieces[static_cast<std::size_t>(i)];
                 with_floating(parameters_[piece.slot].tensor.type(), [&]<class T>() {
                   run_piece<T>(piece, chain, first, last, from_gradient, into_parameter);
                 });
               });
  if (into_parameter)
    for (std::size_t i = 0; i < slots_.size(); ++i)
      if (slots_[i].group == group && slots_[i].active) parameters_[i].tensor.raise_version();
}

void Optimizer::run_matrix(std::size_t group, std::size_t index) {
  const Chain& chain = groups_[group].chain;
  const auto* link = static_cast<const MatrixLink*>(chain[index].get());
  const std::size_t state = states_before(chain, index);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (slot.group != group || !slot.active || parameters_[i].tensor.rank() != 2) continue;
    const std::span<Tensor> states(slot.states.data() + state, link->states().size());
    Tensor direction =
        link->run(directions_[i], parameters_[i].tensor, states, {slot.t, 0, steps_, lr_factor()});
    check_same_shape(link->name().c_str(), "the direction", direction, "the parameter",
                     parameters_[i].tensor);
    directions_[i] = std::move(direction);
  }
}

void Optimizer::run_flat(std::size_t group, std::size_t index, Problem& problem) {
  const auto* link = static_cast<const FlatLink*>(groups_[group].chain[index].get());
  if (link->needs_closure() && !problem.evaluate)
    throw_usage(link->name(), "evaluates the loss itself; call step(closure)");
  // Each link sees what it saved itself.
  const std::string prefix = link->name() + ".";
  NamedTensors own, others;
  for (auto& [name, tensor] : memory_) {
    if (name.starts_with(prefix)) own.emplace_back(name.substr(prefix.size()), tensor);
    else others.emplace_back(name, tensor);
  }
  link->run(problem, own);
  for (auto& [name, tensor] : own) others.emplace_back(prefix + name, tensor);
  memory_ = std::move(others);
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

void Optimizer::update(
    double value, const std::function<double()>& evaluate,
    const std::function<std::vector<Tensor>(const std::vector<Tensor>&)>& product) {
  check_groups();
  collect();
  directions_.resize(parameters_.size());
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const Chain& chain = groups_[g].chain;
    if (groups_[g].one_pass) {
      run_blocks(g, 0, chain.size(), true, true);
      continue;
    }
    std::vector<Tensor> leaves;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      leaves.push_back(parameters_[i].tensor);
      if (slots_[i].group == g && slots_[i].active)
        directions_[i] = parameters_[i].tensor.grad().clone();
      else if (!directions_[i].defined() || slots_[i].group == g)
        directions_[i] = Tensor::zeros(leaves[i].shape(), leaves[i].type());
    }
    Problem problem{leaves, directions_, evaluate, product, value, steps_ + 1};
    bool moved = false;
    for (std::size_t i = 0; i < chain.size(); ++i) {
      if (block(chain[i]) != nullptr) {
        run_blocks(g, i, i + 1, false, false);
      } else if (chain[i]->kind() == Link::Kind::matrix) {
        run_matrix(g, i);
      } else {
        run_flat(g, i, problem);
        moved = moved || static_cast<const FlatLink*>(chain[i].get())->moves();
      }
    }
    if (!moved) add_directions(g);
  }
  ++steps_;
}

}  // namespace downhill
