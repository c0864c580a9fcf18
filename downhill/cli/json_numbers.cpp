#include "downhill/cli/json_numbers.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/io/json_reader.h"
#include "downhill/io/utf8.h"

namespace downhill::cli {
namespace {

constexpr JsonLimits kLimits{.depth = 8};

/// Keeps the numbers in order and the length of the lists per level.
class NumbersReader {
 public:
  void read(JsonView value, std::size_t level) {
    if (value.is(JsonKind::list)) list(value, level);
    else number(value, level);
  }
  Tensor take() { return Tensor::from(numbers_, Shape(std::span<const std::int64_t>(lengths_))); }

 private:
  void list(JsonView value, std::size_t level) {
    const auto length = static_cast<std::int64_t>(value.size());
    if (leaf_level_ && level >= *leaf_level_) ragged(value);
    if (lengths_.size() == level) lengths_.push_back(length);
    if (lengths_[level] != length) ragged(value);
    value.items([&](JsonView item) { read(item, level + 1); });
  }
  void number(JsonView value, std::size_t level) {
    const double number = value_of(value);
    if (!leaf_level_) leaf_level_ = level;
    if (*leaf_level_ != level || lengths_.size() > level) ragged(value);
    numbers_.push_back(number);
  }
  static double value_of(JsonView value) {
    using Limits = std::numeric_limits<double>;
    if (value.is_number()) return value.number();
    const std::string_view word = value.is(JsonKind::text) ? value.text() : "";
    if (word == "nan") return Limits::quiet_NaN();
    if (word == "inf") return Limits::infinity();
    if (word == "-inf") return -Limits::infinity();
    throw JsonError(value.byte(), fmt::format("{} where a number or a list was expected",
                                              word.empty() ? std::string(value.kind_name())
                                                           : "text " + excerpt(word)));
  }
  [[noreturn]] static void ragged(JsonView value) {
    throw JsonError(value.byte(),
                    "the lists are ragged; expected equal lengths, as in [[1, 2], [3, 4]]");
  }

  std::vector<double> numbers_;
  std::vector<std::int64_t> lengths_;  // of the lists of each level
  std::optional<std::size_t> leaf_level_;
};

}  // namespace

Tensor parse_json_numbers(std::string_view text) {
  const char* wrong = "no JSON at";
  try {
    const JsonDocument document = JsonDocument::parse(text, kLimits);
    wrong = "at";
    NumbersReader reader;
    reader.read(document.root(), 0);
    return reader.take();
  } catch (const JsonError& error) {
    throw_value(fmt::format("{} character {}:", wrong, error.byte() + 1), error.what());
  }
}

}  // namespace downhill::cli
