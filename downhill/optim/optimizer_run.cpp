// How an optimizer runs its chains.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "downhill/core/error.h"
#include "downhill/core/parallel.h"
#include "downhill/optim/optimizer.h"

namespace downhill {
namespace {

constexpr std::int64_t kStrip = 1024;  // a strip's direction and states lie in the L1 cache
constexpr std::size_t kMaxStates = 8;

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

void Optimizer::make_states(Slot& slot, const Tensor& parameter) {
  const Chain& chain = groups_[slot.group].chain;
  for (std::size_t k = states_before(chain, chain.size()); k > 0; --k)
    slot.states.push_back(Tensor::zeros(parameter.shape(), parameter.type()));
}

// Takes over the gradients; false if there are none.
bool Optimizer::collect() {
  bool any = false;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    slot.gradient = parameters_[i].tensor.grad();
    if (!slot.gradient.defined()) continue;
    any = true;
    if (slot.t++ == 0) make_states(slot, parameters_[i].tensor);
  }
  return any;
}

// The group's elements in pieces of one block.
void Optimizer::cut(std::size_t group) {
  pieces_.clear();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].group != group || !slots_[i].gradient.defined()) continue;
    const std::int64_t n = parameters_[i].tensor.elements();
    for (std::int64_t begin = 0; begin < n; begin += kBlock)
      pieces_.push_back({i, begin, std::min(n, begin + kBlock)});
  }
}

// A sum over every parameter whose chain has a link of this name: the norm is global.
double Optimizer::measure(const BlockLink& link, bool from_gradient) const {
  double total = 0;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    if (!slot.gradient.defined()) continue;
    const Chain& chain = groups_[slot.group].chain;
    if (std::none_of(chain.begin(), chain.end(),
                     [&](const LinkPtr& other) { return other->name() == link.name(); }))
      continue;
    const Tensor& p = parameters_[i].tensor;
    const Tensor& d = from_gradient || !directions_[i].defined() ? slot.gradient : directions_[i];
    with_floating(p.type(), [&]<class T>() {
      const std::int64_t n = p.elements();
      if (n <= kBlock) {
        total += link.measure(d.data<T>(), p.data<T>(), n);
        return;
      }
      const Tensor partial = Tensor::empty({blocks(n)}, Type::f64);
      parallel_blocks(n, [&](std::int64_t begin, std::int64_t end) {
        partial.data<double>()[begin / kBlock] =
            link.measure(d.data<T>() + begin, p.data<T>() + begin, end - begin);
      });
      for (const double s : partial.values<double>()) total += s;
    });
  }
  return total;
}

// Binds the links first .. last-1 for every step count that occurs in the group.
void Optimizer::bind(std::size_t group, std::size_t first, std::size_t last, bool from_gradient) {
  const Chain& chain = groups_[group].chain;
  bounds_.clear();
  std::int64_t bound_t = -1;
  std::array<double, 32> measured;
  for (std::size_t i = first; i < last; ++i) {
    const BlockLink* link = block(chain[i]);
    measured.at(i - first) = link->measures() ? measure(*link, from_gradient) : 0;
  }
  for (Slot& slot : slots_) {
    if (&groups_[slot.group] != &groups_[group] || !slot.gradient.defined()) continue;
    if (slot.t != bound_t) {
      bound_t = slot.t;
      for (std::size_t i = first; i < last; ++i) {
        bounds_.emplace_back();
        block(chain[i])->bind({slot.t, measured.at(i - first)}, bounds_.back());
      }
    }
    slot.bound = bounds_.size() - (last - first);
  }
}

template <class T>
void Optimizer::run_piece(const Piece& piece, const Chain& chain, std::size_t first,
                          std::size_t last, bool from_gradient, bool into_parameter) {
  const Slot& slot = slots_[piece.slot];
  const Tensor& source = from_gradient ? slot.gradient : directions_[piece.slot];
  T* parameter = parameters_[piece.slot].tensor.data<T>();
  alignas(64) T strip[kStrip];
  for (std::int64_t begin = piece.begin; begin < piece.end; begin += kStrip) {
    const std::int64_t n = std::min(kStrip, piece.end - begin);
    T* d = into_parameter ? strip : directions_[piece.slot].data<T>() + begin;
    if (d != source.data<T>() + begin)
      std::memcpy(d, source.data<T>() + begin, static_cast<std::size_t>(n) * sizeof(T));
    std::size_t state = states_before(chain, first);
    for (std::size_t i = first; i < last; ++i) {
      const auto* link = static_cast<const BlockLink*>(chain[i].get());
      std::array<T*, kMaxStates> states{};
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
  if (pieces_.empty()) return;
  const Chain& chain = groups_[group].chain;
  std::int64_t elements = 0;
  for (const Piece& piece : pieces_) elements += piece.end - piece.begin;
  parallel_for(static_cast<std::int64_t>(pieces_.size()), elements >= 2 * kParallelThreshold,
               [&](std::int64_t i) {
                 const Piece& piece = pieces_[static_cast<std::size_t>(i)];
                 with_floating(parameters_[piece.slot].tensor.type(), [&]<class T>() {
                   run_piece<T>(piece, chain, first, last, from_gradient, into_parameter);
                 });
               });
  if (into_parameter)
    for (std::size_t i = 0; i < slots_.size(); ++i)
      if (slots_[i].group == group && slots_[i].gradient.defined())
        parameters_[i].tensor.raise_version();
}

void Optimizer::run_matrix(std::size_t group, std::size_t index) {
  const Chain& chain = groups_[group].chain;
  const auto* link = static_cast<const MatrixLink*>(chain[index].get());
  const std::size_t state = states_before(chain, index);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (slot.group != group || !slot.gradient.defined() || parameters_[i].tensor.rank() != 2)
      continue;
    const std::span<Tensor> states(slot.states.data() + state, link->states().size());
    Tensor direction = link->run(directions_[i], parameters_[i].tensor, states, {slot.t, 0});
    check_same_shape(link->name().c_str(), "the direction", direction, "the parameter",
                     parameters_[i].tensor);
    directions_[i] = std::move(direction);
  }
}

void Optimizer::run_flat(std::size_t group, std::size_t index, Problem& problem) {
  const auto* link = static_cast<const FlatLink*>(groups_[group].chain[index].get());
  if (groups_.size() > 1)
    throw_usage(link->name(),
                "works on all parameters as one vector; it cannot be mixed with groups");
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
    if (slots_[i].group != group || !slots_[i].gradient.defined()) continue;
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
  if (!collect())
    throw_usage(groups_[0].method.name(), "no parameter has a gradient; call backward before step");
  directions_.resize(parameters_.size());
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const Chain& chain = groups_[g].chain;
    const bool pure = std::all_of(chain.begin(), chain.end(),
                                  [](const LinkPtr& link) { return block(link) != nullptr; });
    const bool late_measure =
        pure && std::any_of(chain.begin() + (chain.empty() ? 0 : 1), chain.end(),
                            [](const LinkPtr& link) { return block(link)->measures(); });
    if (pure && !late_measure) {
      run_blocks(g, 0, chain.size(), true, true);
      continue;
    }
    std::vector<Tensor> leaves;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      leaves.push_back(parameters_[i].tensor);
      if (slots_[i].group == g && slots_[i].gradient.defined())
        directions_[i] = slots_[i].gradient.clone();
      else if (!directions_[i].defined())
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
  for (Slot& slot : slots_) slot.gradient = Tensor();
  ++steps_;
}

}  // namespace downhill
