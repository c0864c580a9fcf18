#pragma once
#include <string>
#include <string_view>

namespace downhill::report_detail {

/// Text for HTML, in elements and in quoted attributes. At most `longest` bytes are kept (cut
/// between characters, with an ellipsis); control characters become spaces.
std::string html_text(std::string_view text, std::size_t longest = 400);

/// Text as a JSON string that may stand inside a script element: no '<', '>' or '&' is left.
std::string script_text(std::string_view text, std::size_t longest = 400);

/// A number as the report prints it: whole, or with five significant digits, "not a number",
/// "infinite".
std::string number_text(double value);

}  // namespace downhill::report_detail
