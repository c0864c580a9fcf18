#pragma once
#include <cstdint>
#include <vector>

#include "downhill/optim/method.h"

namespace downhill::detail {

/// A run of one parameter's elements.
struct Piece {
  std::size_t slot;
  std::int64_t begin, end;
};

/// Links first .. last-1 that run together: one tensor link, or block links in one pass over
/// memory, of which only the first measures.
struct Stage {
  std::size_t first, last;
  bool tensor, measures;
};

/// What the optimizer keeps for one parameter.
struct Slot {
  std::size_t group = 0;
  /// Updates that came as far as the links before the first gate, after it, after the second, ...
  std::vector<std::int64_t> t = {0};
  std::vector<Tensor> states;             // one after the other, as the chain's links ask for them
  std::vector<std::string> state_names;   // of each, in what is saved
  std::vector<std::size_t> first_states;  // of each link
  // Of the step under way:
  bool active = false;  // has a gradient
  Tensor gradient;
  std::vector<std::int64_t> t_before;
  BlockLink::Sums sums = {};
  std::size_t bound = 0;
};

/// Parameters with the same chain.
struct Group {
  Group(Method of, const Shape& example, std::int64_t length);
  /// Another method in its place; `numbers` and `memory` stay where links of the same name ask for
  /// the same.
  void become(Method of, std::int64_t length);

  std::size_t sections() const { return section.empty() ? 1 : section.back() + 1; }

  Method method;
  Shape shape;  // of a parameter that it holds: a chain may depend on it
  Chain chain;  // with schedules that know the length of the run
  std::vector<Stage> stages;
  std::vector<std::size_t> section;  // of each link: the gates before it; one more at the end
  std::vector<std::size_t> first_numbers;
  std::vector<double> numbers;              // of all links
  std::vector<std::vector<Tensor>> memory;  // of each link; in the first group that has one
  std::vector<Piece> pieces;                // of the active slots; empty: to be cut again
  std::int64_t elements = 0;                // of all pieces
  // Of the step under way:
  bool closed = false;                   // a gate is
  bool measured = false;                 // `partial` has the sums that the next stage asks for
  std::vector<BlockLink::Sums> partial;  // of each piece
  std::vector<double> numbers_before;
};

/// The label of a link in the names of what is saved: one that stands twice has its number in it.
std::string label_of(const Chain& chain, std::size_t link);

inline const BlockLink* block(const LinkPtr& link) {
  return link->kind() == Link::Kind::block ? static_cast<const BlockLink*>(link.get()) : nullptr;
}
inline const TensorLink* tensor(const LinkPtr& link) {
  return link->kind() == Link::Kind::tensor ? static_cast<const TensorLink*>(link.get()) : nullptr;
}

}  // namespace downhill::detail
