#include "downhill/data/detail/csv_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace downhill::detail {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word(std::string_view text, std::string_view word) {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

NumberText kind_of_word(std::string_view text) {
  constexpr std::array<std::string_view, 10> kMissing = {"",     "na", "n/a",  "nan",  "null",
                                                         "none", "?",  "#n/a", "<na>", "#na"};
  for (const std::string_view word : kMissing)
    if (is_word(text, word)) return NumberText::missing;
  if (text[0] == '-' || text[0] == '+') text.remove_prefix(1);
  if (is_word(text, "nan")) return NumberText::missing;
  const bool infinite = is_word(text, "inf") || is_word(text, "infinity");
  return infinite ? NumberText::infinite : NumberText::text;
}

// Of a number that does not fit into a double: whether its magnitude is above 1.
bool is_large(std::string_view digits) {
  const std::size_t e = std::min(digits.find_first_of("eE"), digits.size());
  const std::string_view mantissa = digits.substr(0, e);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return false;
  long long exponent = static_cast<long long>(point) - static_cast<long long>(first);
  if (e < digits.size()) {
    std::string_view power = digits.substr(e + 1);
    if (!power.empty() && power[0] == '+') power.remove_prefix(1);
    long long value = 0;
    const auto end = std::from_chars(power.data(), power.data() + power.size(), value);
    if (end.ec == std::errc::result_out_of_range) return power[0] != '-';
    exponent += std::clamp(value, -(1LL << 40), 1LL << 40);
  }
  return exponent > 0;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

NumberText read_number(std::string_view text, double& value) {
  text = trimmed(text);
  std::string_view digits = text;
  const bool negative = !digits.empty() && digits[0] == '-';
  if (!digits.empty() && (digits[0] == '+' || negative)) digits.remove_prefix(1);
  const bool numeric = !digits.empty() && (is_digit(digits[0]) || digits[0] == '.');
  if (!numeric) return kind_of_word(text);  // from_chars would take nan and inf
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) return NumberText::text;
  NumberText kind = NumberText::number;
  if (error == std::errc::result_out_of_range) {
    if (is_large(digits)) return NumberText::overflow;
    value = 0;
    kind = NumberText::underflow;
  }
  if (negative) value = -value;
  return kind;
}

}  // namespace downhill::detail
