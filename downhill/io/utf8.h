#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace downhill {

/// Where `text` stops being UTF-8 (no overlong forms, no surrogates, at most U+10FFFF).
std::optional<std::size_t> invalid_utf8(std::string_view text);

/// A piece of a file for a message: in single quotes, at most `limit` bytes of it, what cannot be
/// printed as \xNN.
std::string excerpt(std::string_view text, std::size_t limit = 40);

/// A line of at most `most` characters (code points): what is too long ends in "...".
std::string shortened(std::string_view text, std::size_t most);

}  // namespace downhill
