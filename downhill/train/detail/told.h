#pragma once
#include <fmt/format.h>

#include <optional>
#include <string>

#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/io/utf8.h"

namespace downhill::detail {

/// The enum's value of that word, or none from an empty text; UsageError naming `--option`.
template <class E>
std::optional<E> told(const char* option, const std::string& word) {
  if (word.empty()) return {};
  E value{};
  const std::string expected = read_option(word, value);
  if (!expected.empty())
    throw_usage("train",
                fmt::format("--{0} {1} is no {0}; expected {2}", option, excerpt(word), expected));
  return value;
}

}  // namespace downhill::detail
