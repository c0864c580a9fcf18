#pragma once
#include <algorithm>
#include <iterator>
#include <string_view>

#include "downhill/formula/text/op.h"

// The words and operators of the language; parser.h says how they combine.

namespace downhill::text {

// How tightly operators bind: the larger, the tighter.
inline constexpr int kOr = 1, kAnd = 2, kNot = 3, kCompare = 4, kSum = 5, kProduct = 6, kSign = 7,
                     kPower = 8;

/// An operator between two operands. `swapped`: a > b is b < a; `inverted`: a != b is not a == b.
struct Infix {
  std::string_view text;
  int binding;
  Op op;
  bool swapped = false, inverted = false;
};

inline constexpr Infix kInfixes[] = {
    {"or", kOr, Op::either},
    {"||", kOr, Op::either},
    {"and", kAnd, Op::both},
    {"&&", kAnd, Op::both},
    {"<", kCompare, Op::less},
    {"<=", kCompare, Op::less_equal},
    {">", kCompare, Op::less, true},
    {">=", kCompare, Op::less_equal, true},
    {"==", kCompare, Op::equal},
    {"!=", kCompare, Op::equal, false, true},
    {"+", kSum, Op::add},
    {"-", kSum, Op::sub},
    {"*", kProduct, Op::mul},
    {"/", kProduct, Op::div},
    {"^", kPower, Op::pow},
};

/// The operator or function that is written so; null if there is none.
inline const Infix* find_infix(std::string_view text) {
  const auto found = std::ranges::find(kInfixes, text, &Infix::text);
  return found == std::end(kInfixes) ? nullptr : found;
}
inline const Function* find_function(std::string_view name) {
  const auto found = std::ranges::find(kFunctions, name, &Function::name);
  return found == kFunctions.end() ? nullptr : &*found;
}

inline bool is_word(std::string_view name) {
  return name == "and" || name == "or" || name == "not";
}
inline bool is_constant_name(std::string_view name) { return name == "pi" || name == "e"; }

}  // namespace downhill::text
