#include "downhill/tables/notation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "downhill/data/detail/csv_number.h"
#include "downhill/tables/detail/number_text.h"

namespace downhill {
namespace {

using detail::NumberParts;

constexpr std::array<std::string_view, 37> kCurrencies = {
    "$",   "€",   "£",   "¥",   "₹",   "₽", "₩",   "₺",   "₫",   "₪",   "฿",   "₴",   "Kč",
    "zł",  "kr",  "Ft",  "lei", "R$",  "A$",  "C$",  "US$", "USD", "EUR", "GBP", "JPY", "CHF",
    "CNY", "INR", "CAD", "AUD", "BRL", "CZK", "PLN", "SEK", "NOK", "DKK", "HUF"};
constexpr std::array<std::string_view, 3> kMinus = {"-", "−", "–"};  // ASCII, U+2212, en dash
constexpr std::array<std::string_view, 5> kSpaces = {" ", "\u00A0", "\u202F", "\u2009", "\u2007"};
constexpr std::array<std::string_view, 2> kApostrophes = {"'", "’"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

template <class Words>
std::string_view prefix(std::string_view text, const Words& words) {
  std::string_view longest;
  for (const std::string_view word : words)
    if (text.starts_with(word) && word.size() > longest.size()) longest = word;
  return longest;
}
template <class Words>
std::string_view suffix(std::string_view text, const Words& words) {
  std::string_view longest;
  for (const std::string_view word : words)
    if (text.ends_with(word) && word.size() > longest.size()) longest = word;
  return longest;
}

// Beyond ASCII: the only bytes with which signs, spaces and apostrophes of other scripts begin.
bool is_foreign(char c) { return static_cast<unsigned char>(c) >= 0x80; }

std::size_t space_in_front(std::string_view text) {
  if (text.empty() || (text[0] != ' ' && !is_foreign(text[0]))) return 0;
  return prefix(text, kSpaces).size();
}

// Spaces of all kinds, at both ends.
std::string_view trim(std::string_view text) {
  text = detail::trimmed(text);
  for (std::size_t s; (s = space_in_front(text)) > 0;) text.remove_prefix(s);
  while (!text.empty() && (text.back() == ' ' || is_foreign(text.back()))) {
    const std::size_t space = suffix(text, kSpaces).size();
    if (space == 0) break;
    text.remove_suffix(space);
  }
  return text;
}

// A sign in front, once.
bool take_sign(std::string_view& text, NumberParts& parts, bool& signed_already) {
  const std::string_view minus = prefix(text, kMinus);
  const std::size_t bytes = !minus.empty() ? minus.size() : text.starts_with('+') ? 1 : 0;
  if (bytes == 0) return true;
  if (signed_already) return false;
  signed_already = true;
  parts.negative = !minus.empty();
  parts.plus = minus.empty();
  text = trim(text.substr(bytes));
  return true;
}

// Where the digits end and the exponent begins.
std::size_t mantissa_end(std::string_view digits) {
  return std::min(digits.find_first_of("eE"), digits.size());
}

bool is_exponent(std::string_view text) {  // "" or "e-12"
  if (text.empty()) return true;
  text.remove_prefix(1);
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// The bytes at the front that are this group mark; 0: none.
std::size_t group_mark(std::string_view text, char group) {
  if (is_digit(text[0])) return 0;
  if (group == ' ') return space_in_front(text);
  if (group == '\'') return prefix(text, kApostrophes).size();
  return group != '\0' && text.starts_with(group) ? 1 : 0;
}

// Groups as in 12,34,567: one or two digits, the first of them not 0, then two each, at last three.
// Without a group of two, the usual rule decides.
bool is_lakh(std::string_view whole) {
  const std::size_t first = whole.find(',');
  if (first < 1 || first > 2 || whole[0] == '0' || whole.size() < first + 7) return false;
  if ((whole.size() - first - 4) % 3 != 0) return false;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const bool mark = i >= first && i <= whole.size() - 4 && (i - first) % 3 == 0;
    if (mark ? whole[i] != ',' : !is_digit(whole[i])) return false;
  }
  return true;
}

// The number in the notation of C, or nothing. Groups: one to three digits, the first of them not
// 0, then three each; or those of India.
std::optional<std::string> in_c(std::string_view digits, char decimal, char group) {
  const std::size_t end = mantissa_end(digits);
  if (!is_exponent(digits.substr(end))) return std::nullopt;
  const std::string_view mantissa = digits.substr(0, end);
  std::string result;
  std::size_t at = 0, in_group = 0;
  if (const std::string_view whole = mantissa.substr(0, mantissa.find(decimal));
      group == ',' && is_lakh(whole)) {
    for (; at < whole.size(); ++at)
      if (whole[at] != ',') result += whole[at];
  }
  bool grouped = false;
  while (at < mantissa.size() && mantissa[at] != decimal) {
    if (const std::size_t mark = group_mark(mantissa.substr(at), group); mark > 0) {
      const bool good =
          grouped ? in_group == 3 : in_group >= 1 && in_group <= 3 && digits[0] != '0';
      if (!good) return std::nullopt;
      grouped = true;
      in_group = 0;
      at += mark;
      continue;
    }
    if (!is_digit(mantissa[at])) return std::nullopt;
    result += mantissa[at++];
    ++in_group;
  }
  if (grouped && in_group != 3) return std::nullopt;
  if (at < mantissa.size()) {
    result += '.';
    ++at;
  }
  for (; at < mantissa.size(); ++at) {
    if (!is_digit(mantissa[at])) return std::nullopt;
    result += mantissa[at];
  }
  if (result.empty() || result == ".") return std::nullopt;
  return result.append(digits.substr(end));
}

}  // namespace

bool detail::split_number(std::string_view text, NumberParts& parts) {
  parts = {};
  text = trim(text);
  const bool parentheses = text.size() > 2 && text.front() == '(' && text.back() == ')';
  if (parentheses) text = trim(text.substr(1, text.size() - 2));
  bool signed_already = parentheses;
  if (!take_sign(text, parts, signed_already)) return false;
  if (text.empty()) return false;
  if (!is_digit(text[0])) parts.currency = prefix(text, kCurrencies);
  text = trim(text.substr(parts.currency.size()));
  if (!take_sign(text, parts, signed_already) || text.empty()) return false;
  if (text.ends_with('%')) {
    parts.percent = true;
    text = trim(text.substr(0, text.size() - 1));
  } else if (parts.currency.empty() && !is_digit(text.back())) {
    parts.currency = suffix(text, kCurrencies);
    text = trim(text.substr(0, text.size() - parts.currency.size()));
  }
  parts.negative |= parentheses;
  parts.digits = text;
  // +49 123 456 is a telephone number.
  if (parts.plus &&
      std::any_of(text.begin(), text.end(), [](char c) { return c == ' ' || is_foreign(c); }))
    return false;
  return !text.empty() && (is_digit(text[0]) || text[0] == '.' || text[0] == ',');
}

unsigned detail::meanings(std::string_view digits, unsigned among) {
  unsigned result = 0;
  for (unsigned i = 0; i < std::size(kMeanings); ++i)
    if ((among >> i & 1u) != 0 && in_c(digits, kMeanings[i].decimal, kMeanings[i].group))
      result |= 1u << i;
  return result;
}

bool detail::has_meaning(std::string_view digits) {
  return std::any_of(std::begin(kMeanings), std::end(kMeanings), [&](const Meaning& meaning) {
    return in_c(digits, meaning.decimal, meaning.group).has_value();
  });
}

std::string describe(const Notation& notation) {
  std::string text;
  const auto add = [&](std::string_view what) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", what);
  };
  if (notation.decimal == ',') add("decimal comma");
  if (notation.group != '\0')
    add(notation.group == ','    ? "thousands commas"
        : notation.group == '.'  ? "thousands points"
        : notation.group == '\'' ? "thousands apostrophes"
                                 : "thousands spaces");
  if (notation.percent) add("percent");
  if (!notation.currency.empty()) add(notation.currency);
  return text;
}

bool read_number(std::string_view text, const Notation& notation, double& value) {
  NumberParts parts;
  if (!detail::split_number(text, parts)) return false;
  if (!parts.currency.empty() && parts.currency != notation.currency) return false;
  const auto digits = in_c(parts.digits, notation.decimal, notation.group);
  if (!digits) return false;
  const detail::NumberText kind = detail::read_number(*digits, value);
  if (kind != detail::NumberText::number && kind != detail::NumberText::underflow) return false;
  if (parts.negative) value = -value;
  return parts.percent == notation.percent || value == 0;
}

}  // namespace downhill
