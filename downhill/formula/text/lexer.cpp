#include "downhill/formula/text/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "downhill/core/error.h"

namespace downhill::text {
namespace {

constexpr std::size_t kWindow = 80;  // characters of the text shown in a message
constexpr std::size_t kPiece = 40;   // characters of a name shown in a message

// Not <cctype>: its answers depend on the locale.
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string shown(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (is_space(c)) return " ";
  if (byte < 0x20 || byte > 0x7E) return fmt::format("\\x{:02X}", byte);
  return std::string(1, c);
}

}  // namespace

std::string printable(std::string_view piece) {
  std::string result;
  for (const char c : piece.substr(0, kPiece)) result += shown(c);
  return piece.size() > kPiece ? result + "..." : result;
}

void throw_at(std::string_view text, std::size_t place, std::string_view what) {
  // The window is counted in characters as they are shown: an escaped byte is four.
  std::string before, after;
  std::size_t left = place;
  for (; left > 0; --left) {
    const std::string c = shown(text[left - 1]);
    if (before.size() + c.size() > kWindow / 2) break;
    before.insert(0, c);
  }
  std::size_t right = place;
  for (; right < text.size(); ++right) {
    const std::string c = shown(text[right]);
    if (before.size() + after.size() + c.size() > kWindow - 6) break;
    after += c;
  }
  if (left > 0) before.insert(0, "...");
  if (right < text.size()) after += "...";
  throw_usage("formula", fmt::format("{} (column {})\n  {}{}\n  {}^", what, place + 1, before,
                                     after, std::string(before.size(), ' ')));
}

bool is_name(std::string_view text) {
  return !text.empty() && is_letter(text[0]) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

Lexer::Lexer(std::string_view text) : text_(text) {
  if (text.size() > kLongestText)
    throw_usage("formula", fmt::format("the text has {} bytes; at most {} are read", text.size(),
                                       kLongestText));
}

Token Lexer::number() {
  double value = 0;
  const char* const begin = text_.data() + at_;
  const auto [end, code] = std::from_chars(begin, text_.data() + text_.size(), value);
  const auto length = static_cast<std::size_t>(end - begin);
  if (code == std::errc::result_out_of_range)
    throw_at(text_, at_,
             fmt::format("the number {} does not fit into a double; its size must lie between "
                         "5e-324 and 1.7e308",
                         printable(text_.substr(at_, length))));
  const Token token{TokenKind::number, at_, text_.substr(at_, length), value};
  at_ += length;
  return token;
}

Token Lexer::next() {
  while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  if (at_ == text_.size()) return {TokenKind::end, at_, {}, 0};
  const char c = text_[at_];
  const char following = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  if (is_digit(c) || (c == '.' && is_digit(following))) return number();

  std::size_t length = 0;
  auto kind = TokenKind::symbol;
  if (is_letter(c)) {
    kind = TokenKind::name;
    while (at_ + length < text_.size() &&
           (is_letter(text_[at_ + length]) || is_digit(text_[at_ + length])))
      ++length;
  } else {
    static constexpr std::array<std::string_view, 7> kPairs = {
        "<=", ">=", "==", "!=", "&&", "||", "**"};
    static constexpr std::string_view kSingles = "+-*/^()<>!,";
    const bool pair = std::find(kPairs.begin(), kPairs.end(), text_.substr(at_, 2)) != kPairs.end();
    if (pair) length = 2;
    else if (kSingles.find(c) != std::string_view::npos) length = 1;
    else if (c == '=') throw_at(text_, at_, "'=' is not an operator; a comparison is '=='");
    else
      throw_at(text_, at_,
               fmt::format("unexpected '{}'; a formula is made of numbers, names, "
                           "+ - * / ^, comparisons, and, or, not, and parentheses",
                           shown(c)));
  }
  const Token token{kind, at_, text_.substr(at_, length), 0};
  at_ += length;
  return token;
}

}  // namespace downhill::text
