#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "downhill/formula/text/functions.h"

namespace downhill::text {

/// What a node of the expression graph, or an instruction of a program, does.
enum class Op : std::uint8_t {
  input,
  constant,
  truth,
  add,
  sub,
  mul,
  div,
  neg,
  pow,
  min,
  max,
// clang-format off
#define ROW(name, slope) name,
  DOWNHILL_TEXT_FUNCTIONS(ROW)
#undef ROW
  less,
  // clang-format on
  less_equal,
  equal,  ///< truth values from here on: 1 or 0 when they are kept
  both,
  either,
  opposite,
  where,
  // Only in programs: a comparison and a choice in one, and the hand-over of a result.
  where_less,
  where_less_equal,
  where_equal,
  store,
};

/// Whether the result is a truth value.
inline constexpr bool is_truth(Op op) {
  return op == Op::truth || (op >= Op::less && op <= Op::opposite);
}

/// How many operands an operation takes.
inline constexpr int arity(Op op) {
  if (op <= Op::truth) return 0;
  if (op <= Op::max && op != Op::neg) return 2;
  if (op < Op::less || op == Op::opposite || op == Op::store) return 1;
  if (op <= Op::either) return 2;
  return op == Op::where ? 3 : 4;
}

/// A function as it is called in a text.
struct Function {
  std::string_view name;
  Op op;
};

// clang-format off
inline constexpr auto kFunctions = std::to_array<Function>({
#define ROW(name, slope) {#name, Op::name},
    DOWNHILL_TEXT_FUNCTIONS(ROW)
#undef ROW
    {"min", Op::min},
    {"max", Op::max},
    {"pow", Op::pow},
    {"where", Op::where},
});
// clang-format on

}  // namespace downhill::text
