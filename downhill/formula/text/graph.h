#pragma once
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "downhill/formula/text/op.h"

namespace downhill::text {

/// The number of a node. Operands have smaller numbers than what is made from them.
using Id = std::int32_t;
inline constexpr Id kNone = -1;

struct Node {
  Op op;
  Id a = kNone, b = kNone, c = kNone;  ///< where: condition, yes, no
  double k = 0;                        ///< constant: its value; input: its index; truth: 1 or 0

  bool operator==(const Node& other) const;
  struct Hash {
    std::size_t operator()(const Node& node) const;
  };
};

/// An expression graph in which equal expressions are one node and constants are folded.
/// Nothing is rearranged that would change a value by more than a sign of zero.
class Graph {
 public:
  Id input(int index) { return keep({Op::input, kNone, kNone, kNone, double(index)}); }
  Id constant(double value) { return keep({Op::constant, kNone, kNone, kNone, value}); }
  Id truth(bool value) { return keep({Op::truth, kNone, kNone, kNone, value ? 1.0 : 0.0}); }

  /// The operation on nodes, simplified.
  Id make(Op op, Id a, Id b = kNone, Id c = kNone);

  // For derivatives, where constants may be gathered (a rounding error apart).
  Id scale(double k, Id x);  ///< k x
  Id product(Id a, Id b);    ///< a b
  Id sum(Id a, Id b);        ///< a + b

  const Node& operator[](Id id) const { return nodes_[static_cast<std::size_t>(id)]; }
  Id size() const { return static_cast<Id>(nodes_.size()); }
  bool is(Id id, Op op) const { return (*this)[id].op == op; }
  bool is_constant(Id id) const { return is(id, Op::constant); }
  bool is_constant(Id id, double value) const {
    return is(id, Op::constant) && (*this)[id].k == value;
  }

 private:
  Id keep(const Node& node);
  Id make_sum(Id a, Id b);
  Id make_difference(Id a, Id b);
  Id make_product(Id a, Id b);
  Id make_quotient(Id a, Id b);
  Id make_power(Id a, Id b);
  Id make_where(Id condition, Id yes, Id no);
  Id make_logic(Op op, Id a, Id b);
  Id folded(Op op, Id a, Id b);
  bool is_step(Id id) const;  // a choice between two constants
  Id scale_step(double k, Id id);

  std::vector<Node> nodes_;
  std::unordered_map<Node, Id, Node::Hash> numbers_;
};

}  // namespace downhill::text
