#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "downhill/io/input_file.h"

namespace downhill::detail {

/// One field of a CSV text. `text` is valid until the next call.
struct CsvField {
  std::string_view text;
  bool last = false;                  ///< of its record
  bool blank = false;                 ///< the record is an empty line
  bool quoted = false;                ///< it stands in quotes
  std::int64_t line = 0, column = 0;  ///< of its first byte, from 1
};

/// Cuts a file into fields, from front to back, holding little of it at a time.
class CsvScanner {
 public:
  CsvScanner(const InputFile& file, char separator);

  std::optional<CsvField> next();  ///< empty at the end of the file

  [[noreturn]] void refuse(std::int64_t line, std::int64_t column, std::string_view message) const;

 private:
  bool more() { return at_ < end_ || refill(); }
  bool refill();
  void check_length(std::size_t length) const;
  std::int64_t column_at(std::size_t index) const;
  std::string_view bare();
  std::string_view quoted();
  bool finish();
  void new_line();
  [[noreturn]] void refuse_here(std::string_view message) const;

  const InputFile& file_;
  char separator_;
  std::array<bool, 256> stops_{};
  std::string buffer_, unquoted_;
  std::size_t start_ = 0, at_ = 0, end_ = 0;  // within the buffer: of the field, next, valid
  std::uint64_t base_ = 0;                    // of the buffer within the file
  std::uint64_t line_start_ = 0;              // in the file
  std::int64_t line_ = 1;
  std::int64_t field_line_ = 1, field_column_ = 1;
  bool skip_line_feed_ = false, record_open_ = false;
};

/// The separator that cuts the first lines alike: tab, semicolon or comma.
char detect_separator(const InputFile& file);

/// Refuses by name what is no text: UTF-16, compressed files, well-known binary formats.
void refuse_binary(const InputFile& file);

}  // namespace downhill::detail
