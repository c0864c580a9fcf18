#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace downhill::nn::detail {

/// What each * of the pattern stands for (each as short as it can be, but for the last), or nothing
/// if the pattern does not match the whole name. ? is any one character.
std::optional<std::vector<std::string>> match(std::string_view name, std::string_view pattern);

/// The k-th * of `pattern` replaced by the k-th text; one that has no text becomes empty.
std::string fill(std::string_view pattern, const std::vector<std::string>& texts);

}  // namespace downhill::nn::detail
