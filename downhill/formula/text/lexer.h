#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace downhill::text {

inline constexpr std::size_t kLongestText = 1'000'000;  ///< bytes

enum class TokenKind : std::uint8_t { number, name, symbol, end };

/// A piece of the text. `begin` is its offset; the column in messages is one more.
struct Token {
  TokenKind kind = TokenKind::end;
  std::size_t begin = 0;
  std::string_view text;
  double value = 0;  ///< of a number
};

/// "what (column 5)", then the text and a caret under the place: at most 80 characters of the text
/// around it, control bytes and bytes beyond ASCII escaped. Throws UsageError.
[[noreturn]] void throw_at(std::string_view text, std::size_t place, std::string_view what);

/// A piece of a hostile text, short and printable, for messages.
std::string printable(std::string_view piece);

/// A letter or underscore, then letters, digits and underscores.
bool is_name(std::string_view text);

/// Cuts a text into tokens, one at a time. Bytes that begin no token, and texts that
/// are too long, are UsageErrors.
class Lexer {
 public:
  explicit Lexer(std::string_view text);
  Token next();

 private:
  Token number();

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace downhill::text
