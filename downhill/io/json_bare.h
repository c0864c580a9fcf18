#pragma once
#include <string>
#include <string_view>

namespace downhill {

/// The text with the numbers that JSON does not have, as Python's json.dumps writes them, as text:
/// NaN becomes "nan", Infinity "inf", -Infinity "-inf". What stands in quotes stays.
std::string without_bare_numbers(std::string_view text);

}  // namespace downhill
