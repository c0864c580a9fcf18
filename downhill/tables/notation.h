#pragma once
#include <string>
#include <string_view>

namespace downhill {

/// How a column writes its numbers. The default is the notation of C.
struct Notation {
  char decimal = '.';    ///< '.' or ','
  char group = '\0';     ///< between thousands: ',', '.', ' ' (any space), '\'', or NUL: none
  bool percent = false;  ///< 50.3% is 50.3
  std::string currency;  ///< a sign or a code before or behind the number; may be absent in a cell

  bool plain() const { return decimal == '.' && group == '\0' && !percent && currency.empty(); }
  bool operator==(const Notation&) const = default;
};

/// "decimal comma, thousands points, percent"; "" for the notation of C.
std::string describe(const Notation& notation);

/// A number in that notation (also with a Unicode minus, an exponent, in parentheses: negative);
/// false if the text is none or does not fit into a double. A percent sign must stand where the
/// notation has it (0 needs none).
bool read_number(std::string_view text, const Notation& notation, double& value);

}  // namespace downhill
