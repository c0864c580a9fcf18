#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "downhill/io/input_file.h"

namespace downhill::detail {

/// A strict reader of the pieces of a JSON text that is known to be UTF-8, left to right. What is
/// not as expected is refused with its byte in the file. It has no recursion: whoever knows the
/// format asks for one piece after the other.
class JsonCursor {
 public:
  /// `first_byte` is the place of `text` in the file.
  JsonCursor(const InputFile& file, std::string_view text, std::uint64_t first_byte)
      : file_(file), text_(text), first_byte_(first_byte) {}

  /// The place in the file of what comes next.
  std::uint64_t place() {
    skip_spaces();
    return first_byte_ + at_;
  }
  /// Takes `wanted` if it comes next.
  bool take(char wanted);
  void expect(char wanted, std::string_view field, std::string_view expected);
  /// After a value of a list or object: true if another follows, false at `close`, which is taken.
  bool another(char close, std::string_view field);
  std::string string(std::string_view field);
  /// Digits only: no sign, fraction or exponent; below 2^64.
  std::uint64_t integer(std::string_view field);
  void expect_end();

  [[noreturn]] void refuse(std::uint64_t place, std::string_view field,
                           std::string_view message) const;

 private:
  void skip_spaces();
  [[noreturn]] void unexpected(std::string_view field, std::string_view expected);
  unsigned hex4(std::string_view field);
  void escape(std::string_view field, std::string& result);

  const InputFile& file_;
  std::string_view text_;
  std::uint64_t first_byte_;
  std::size_t at_ = 0;
};

}  // namespace downhill::detail
