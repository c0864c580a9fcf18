#pragma once
#include <string_view>

namespace downhill {

/// UsageError, naming the place, if a parenthesis of `text` is not closed or closes none; `kind` says
/// what the text is: "optimizer".
void check_parentheses(std::string_view text, std::string_view kind);

}  // namespace downhill
