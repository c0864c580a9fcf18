#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "downhill/formula/text/graph.h"

// The language, from what binds least to what binds most:
//
//     or  ||                        truth
//     and &&                        truth
//     not !                         truth
//     < <= > >= == !=               numbers to truth; no chains
//     + -
//     * /
//     - (sign)
//     ^                             to the right; -x^2 is -(x^2), and 2^-x is allowed
//
// Numbers, names, parentheses and calls f(x, ...). Truth values and numbers are different types.

namespace downhill::text {

inline constexpr std::size_t kMostOperations = 100'000;  ///< operators and calls

/// Adds the formula to the graph and returns its node, a number. `variables[i]` is input i. Works
/// without recursion: the depth of the text is bounded by its length only. Throws UsageError.
Id parse(std::string_view text, std::span<const std::string> variables, Graph& graph);

}  // namespace downhill::text
