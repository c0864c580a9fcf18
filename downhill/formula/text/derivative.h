#pragma once
#include <span>
#include <vector>

#include "downhill/formula/text/graph.h"

// Exact derivatives as further nodes of the same graph, in time and size linear in the formula.
// What a branch that is not taken does (an infinite slope, say) never reaches the result: choices
// are made after the chain rule, as with dual numbers; nor does an infinite slope move what does not
// move: where the root of a square is 0, its slope is 0. At kinks: abs has slope 0 at 0, max and min
// have the slope of their second argument at a tie.

namespace downhill::text {

/// df/d input k for k < moving (reverse mode: all at a small multiple of the cost of f).
std::vector<Id> gradient(Graph& graph, Id f, int moving);

/// sum_k d(node)/d(input k) u_k for each node, where u_k is input `first_direction` + k
/// (forward mode).
std::vector<Id> tangents(Graph& graph, std::span<const Id> nodes, int moving, int first_direction);

}  // namespace downhill::text
