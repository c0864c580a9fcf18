#pragma once
#include <string_view>

namespace downhill::detail {

enum class NumberText {
  number,     ///< `value` is it
  underflow,  ///< too small for a double: `value` is 0
  overflow,   ///< too large for a double
  missing,    ///< empty, NA, n/a, nan, null, none or ?, in any case
  infinite,   ///< inf, infinity
  text,       ///< anything else
};

/// A decimal number in the notation of C, without regard to the locale; spaces and tabs around it
/// and a plus sign are allowed. All of the text must be the number.
NumberText read_number(std::string_view text, double& value);

/// `text` without spaces and tabs at its ends.
std::string_view trimmed(std::string_view text);

}  // namespace downhill::detail
