#include "downhill/cli/json_numbers.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/io/utf8.h"

namespace downhill::cli {
namespace {

constexpr std::size_t kMostLevels = 8;

/// Takes the parser's events; keeps the numbers in order and the length of the lists per level.
class NumbersReader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Tensor take() { return Tensor::from(numbers_, Shape(std::span<const std::int64_t>(lengths_))); }

  bool number_integer(number_integer_t value) override {
    return number(static_cast<double>(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return number(static_cast<double>(value));
  }
  bool number_float(number_float_t value, const string_t&) override { return number(value); }
  bool string(string_t& text) override {
    using Limits = std::numeric_limits<double>;
    if (text == "nan") return number(Limits::quiet_NaN());
    if (text == "inf") return number(Limits::infinity());
    if (text == "-inf") return number(-Limits::infinity());
    refuse(fmt::format("text {}", excerpt(text)));
  }
  bool null() override { refuse("null"); }
  bool boolean(bool value) override { refuse(value ? "true" : "false"); }
  bool binary(binary_t&) override { refuse("bytes"); }
  bool start_object(std::size_t) override { refuse("an object"); }
  bool key(string_t&) override { refuse("an object"); }
  bool end_object() override { refuse("an object"); }

  bool start_array(std::size_t) override {
    if (counts_.size() == kMostLevels)
      throw DataError(fmt::format("lists are nested more than {} deep", kMostLevels));
    if (leaf_level_ && counts_.size() >= *leaf_level_) ragged();
    if (!counts_.empty()) ++counts_.back();
    counts_.push_back(0);
    if (lengths_.size() < counts_.size()) lengths_.push_back(-1);
    return true;
  }
  bool end_array() override {
    std::int64_t& length = lengths_[counts_.size() - 1];
    if (length == -1) length = counts_.back();
    if (length != counts_.back()) ragged();
    counts_.pop_back();
    return true;
  }
  bool parse_error(std::size_t place, const std::string& token,
                   const nlohmann::detail::exception& error) override {
    const bool range = error.id == 406;
    throw DataError(fmt::format("{} at character {}, near {}",
                                range ? "a number beyond 1.8e308" : "no JSON", place,
                                excerpt(token.empty() ? "the end" : token)));
  }

 private:
  bool number(double value) {
    if (!leaf_level_) leaf_level_ = counts_.size();
    if (*leaf_level_ != counts_.size() || lengths_.size() > counts_.size()) ragged();
    if (!counts_.empty()) ++counts_.back();
    numbers_.push_back(value);
    return true;
  }
  [[noreturn]] static void refuse(const std::string& found) {
    throw DataError(found + " where a number or a list was expected");
  }
  [[noreturn]] static void ragged() {
    throw DataError("the lists are ragged; expected equal lengths, as in [[1, 2], [3, 4]]");
  }

  std::vector<double> numbers_;
  std::vector<std::int64_t> counts_;   // of the open lists
  std::vector<std::int64_t> lengths_;  // of a closed list of each level; -1: none yet
  std::optional<std::size_t> leaf_level_;
};

}  // namespace

Tensor parse_json_numbers(std::string_view text) {
  NumbersReader reader;
  nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
  return reader.take();
}

}  // namespace downhill::cli
