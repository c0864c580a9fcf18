#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace downhill::text {

/// The names in a text that are neither functions nor constants nor words of the language, in
/// order of first appearance.
std::vector<std::string> free_names(std::string_view text);

/// Refuses names that a text could not use, and repeated ones. Throws UsageError.
void check_variables(std::span<const std::string> variables);

}  // namespace downhill::text
