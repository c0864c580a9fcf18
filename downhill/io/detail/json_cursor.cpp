#include "downhill/io/detail/json_cursor.h"

#include <fmt/format.h>

#include "downhill/io/utf8.h"

namespace downhill::detail {
namespace {

void append_utf8(unsigned code, std::string& result) {
  const auto add = [&](unsigned byte) { result += static_cast<char>(byte); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xC0 | code >> 6);
    add(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    add(0xE0 | code >> 12);
    add(0x80 | (code >> 6 & 0x3F));
    add(0x80 | (code & 0x3F));
  } else {
    add(0xF0 | code >> 18);
    add(0x80 | (code >> 12 & 0x3F));
    add(0x80 | (code >> 6 & 0x3F));
    add(0x80 | (code & 0x3F));
  }
}

}  // namespace

void JsonCursor::skip_spaces() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
    ++at_;
}

bool JsonCursor::take(char wanted) {
  skip_spaces();
  if (at_ >= text_.size() || text_[at_] != wanted) return false;
  ++at_;
  return true;
}

void JsonCursor::expect(char wanted, std::string_view field, std::string_view expected) {
  if (!take(wanted)) unexpected(field, expected);
}

bool JsonCursor::another(char close, std::string_view field) {
  if (take(',')) return true;
  if (take(close)) return false;
  unexpected(field, fmt::format("',' or '{}'", close));
}

std::string JsonCursor::string(std::string_view field) {
  expect('"', field, "a text in double quotes");
  const std::size_t begin = at_;
  std::string result;
  for (;;) {
    const std::size_t stop = text_.find_first_of("\"\\", at_);
    const std::string_view plain =
        text_.substr(at_, stop == std::string_view::npos ? stop : stop - at_);
    for (std::size_t i = 0; i < plain.size(); ++i)
      if (static_cast<unsigned char>(plain[i]) < 0x20)
        refuse(first_byte_ + at_ + i, field, "a control character; expected it as \\u00XX");
    if (stop == std::string_view::npos)
      refuse(first_byte_ + begin - 1, field, "the text does not end; the file is damaged");
    result += plain;
    at_ = stop + 1;
    if (text_[stop] == '"') return result;
    escape(field, result);
  }
}

void JsonCursor::escape(std::string_view field, std::string& result) {
  constexpr std::string_view kNames = "\"\\/bfnrt", kValues = "\"\\/\b\f\n\r\t";
  const std::uint64_t place = first_byte_ + at_ - 1;
  const char name = at_ < text_.size() ? text_[at_++] : '\0';
  if (const std::size_t i = kNames.find(name); name != '\0' && i != std::string_view::npos) {
    result += kValues[i];
    return;
  }
  if (name != 'u') refuse(place, field, "an unknown escape; expected one of JSON's");
  unsigned code = hex4(field);
  if (code == 0) refuse(place, field, "holds a NUL character; expected text");
  if (code >= 0xDC00 && code < 0xE000) refuse(place, field, "half of a surrogate pair");
  if (code >= 0xD800 && code < 0xDC00) {
    if (text_.substr(at_, 2) != "\\u") refuse(place, field, "half of a surrogate pair");
    at_ += 2;
    const unsigned low = hex4(field);
    if (low < 0xDC00 || low >= 0xE000) refuse(place, field, "half of a surrogate pair");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  append_utf8(code, result);
}

unsigned JsonCursor::hex4(std::string_view field) {
  unsigned value = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    const unsigned digit = c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
                           : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a' + 10)
                           : c >= 'A' && c <= 'F' ? static_cast<unsigned>(c - 'A' + 10)
                                                  : 16u;
    if (digit == 16) refuse(first_byte_ + at_, field, "expected four hexadecimal digits after \\u");
    value = value * 16 + digit;
  }
  return value;
}

std::uint64_t JsonCursor::integer(std::string_view field) {
  const std::uint64_t begin = place();
  const std::size_t first = at_;
  std::uint64_t value = 0;
  while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
    const auto digit = static_cast<std::uint64_t>(text_[at_++] - '0');
    if (__builtin_mul_overflow(value, std::uint64_t{10}, &value) ||
        __builtin_add_overflow(value, digit, &value))
      refuse(begin, field, "is not below 2^64; expected a smaller number");
  }
  const char next = at_ < text_.size() ? text_[at_] : '\0';
  const bool leading_zero = at_ - first > 1 && text_[first] == '0';
  if (at_ == first || leading_zero || next == '.' || next == 'e' || next == 'E') {
    at_ = first;
    unexpected(field, "a whole number that is not negative: digits only");
  }
  return value;
}

void JsonCursor::expect_end() {
  skip_spaces();
  if (at_ < text_.size()) unexpected("header", "spaces only, after the last '}'");
}

void JsonCursor::unexpected(std::string_view field, std::string_view expected) {
  skip_spaces();
  refuse(first_byte_ + at_, field,
         fmt::format("{} is here; expected {}",
                     at_ < text_.size() ? excerpt(text_.substr(at_), 20) : "the end", expected));
}

void JsonCursor::refuse(std::uint64_t place, std::string_view field,
                        std::string_view message) const {
  file_.refuse(place, fmt::format("{}: {}", field, message));
}

}  // namespace downhill::detail
