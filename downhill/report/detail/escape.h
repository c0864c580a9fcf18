#pragma once
#include <string>
#include <string_view>

namespace downhill::report_detail {

/// At most `longest` bytes of a text, cut between characters, with an ellipsis where it was cut.
std::string cut(std::string_view text, std::size_t longest);

/// Text for HTML, in elements and in quoted attributes. Cut to `longest` bytes; control
/// characters become spaces.
std::string html_text(std::string_view text, std::size_t longest = 400);

/// A number as the report prints it: whole, or with five significant digits, "not a number",
/// "infinite".
std::string number_text(double value);

}  // namespace downhill::report_detail
