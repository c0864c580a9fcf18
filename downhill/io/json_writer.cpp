#include "downhill/io/json_writer.h"

#include <fmt/format.h>

#include <cmath>

#include "downhill/io/utf8.h"

namespace downhill {

void JsonWriter::open(char bracket) {
  token({&bracket, 1});
  comma_ = false;
}

void JsonWriter::close(char bracket) {
  text_ += bracket;
  comma_ = true;
}

void JsonWriter::token(std::string_view characters) {
  if (comma_) text_ += ',';
  text_ += characters;
  comma_ = true;
}

void JsonWriter::key(std::string_view name) {
  value(name);
  text_ += ':';
  comma_ = false;
}

void JsonWriter::value(double number) {
  if (std::isnan(number)) token("\"nan\"");
  else if (std::isinf(number)) token(number > 0 ? "\"inf\"" : "\"-inf\"");
  else token(fmt::format("{}", number));
}

void JsonWriter::rounded(double number, int digits) {
  if (std::isfinite(number)) token(fmt::format("{:.{}g}", number, digits));
  else null();
}

void JsonWriter::whole(std::int64_t number) { token(fmt::format("{}", number)); }
void JsonWriter::whole(std::uint64_t number) { token(fmt::format("{}", number)); }

void JsonWriter::value(std::string_view text) {
  token("\"");
  while (const auto bad = invalid_utf8(text)) {
    quote(text.substr(0, *bad));
    text_ += "\xEF\xBF\xBD";  // U+FFFD, the sign for what cannot be read
    text.remove_prefix(*bad + 1);
  }
  quote(text);
  text_ += '"';
}

void JsonWriter::quote(std::string_view text) {
  constexpr std::string_view kNames = "\"\\bfnrt", kValues = "\"\\\b\f\n\r\t";
  constexpr std::string_view kSeparators[] = {"\xE2\x80\xA8", "\xE2\x80\xA9"};  // U+2028, U+2029
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool marks_up = use_ == For::script && (c == '<' || c == '>' || c == '&');
    if (const std::size_t k = kValues.find(c); k != std::string_view::npos) {
      (text_ += '\\') += kNames[k];
    } else if (static_cast<unsigned char>(c) < 0x20 || marks_up) {
      text_ += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else if (use_ == For::script &&
               (text.substr(i, 3) == kSeparators[0] || text.substr(i, 3) == kSeparators[1])) {
      text_ += text[i + 2] == kSeparators[0][2] ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      text_ += c;
    }
  }
}

}  // namespace downhill
