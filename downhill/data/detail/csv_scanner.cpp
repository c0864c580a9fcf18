#include "downhill/data/detail/csv_scanner.h"

#include <fmt/format.h>

#include <algorithm>

namespace downhill::detail {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;
constexpr std::size_t kLongestField = std::size_t{1} << 20;

}  // namespace

CsvScanner::CsvScanner(const InputFile& file, char separator) : file_(file), separator_(separator) {
  for (const char c : {separator, '\n', '\r', '"', '\0'})
    stops_[static_cast<unsigned char>(c)] = true;
  if (refill() && std::string_view(buffer_).substr(0, end_).starts_with("\xEF\xBB\xBF")) {
    at_ = 3;
    line_start_ = 3;
  }
}

// Drops what lies before the field, reads another piece; false at the end of the file.
bool CsvScanner::refill() {
  const std::uint64_t next = base_ + end_;
  if (next >= file_.size()) return false;
  buffer_.erase(0, start_);
  base_ += start_;
  at_ -= start_;
  end_ -= start_;
  start_ = 0;
  const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, file_.size() - next));
  buffer_.resize(end_ + piece);
  file_.read(next, buffer_.data() + end_, piece);
  end_ += piece;
  return true;
}

std::int64_t CsvScanner::column_at(std::size_t index) const {
  return static_cast<std::int64_t>(base_ + index - line_start_) + 1;
}

void CsvScanner::check_length(std::size_t length) const {
  if (length > kLongestField)
    refuse(field_line_, field_column_,
           fmt::format("a field is longer than {} bytes; expected numbers; is a quote not closed, "
                       "or is this no CSV file?",
                       kLongestField));
}

void CsvScanner::new_line() {
  ++line_;
  line_start_ = base_ + at_;
}

std::optional<CsvField> CsvScanner::next() {
  if (skip_line_feed_) {
    skip_line_feed_ = false;
    start_ = at_;
    if (more() && buffer_[at_] == '\n') {
      ++at_;
      line_start_ = base_ + at_;
    }
  }
  start_ = at_;
  if (!more() && !record_open_) return std::nullopt;
  field_line_ = line_;
  field_column_ = column_at(at_);
  CsvField field;
  field.line = field_line_;
  field.column = field_column_;
  const bool first = !record_open_, is_quoted = more() && buffer_[at_] == '"';
  field.quoted = is_quoted;
  field.text = is_quoted ? quoted() : bare();
  // The view of a bare field points into the buffer: nothing is read until the next call.
  const bool empty_line = first && !is_quoted && field.text.empty();
  field.last = finish();
  field.blank = empty_line && field.last;
  return field;
}

std::string_view CsvScanner::bare() {
  for (;;) {
    while (at_ < end_ && !stops_[static_cast<unsigned char>(buffer_[at_])]) ++at_;
    check_length(at_ - start_);
    if (at_ == end_ && refill()) continue;
    break;
  }
  if (at_ < end_ && buffer_[at_] == '"')
    refuse_here(
        "a quote inside a field that does not begin with one; expected \"...\" around the "
        "whole field, with inner quotes doubled");
  if (at_ < end_ && buffer_[at_] == '\0')
    refuse_here("a NUL byte; expected text; is the file UTF-16 or binary? save it as UTF-8");
  return std::string_view(buffer_).substr(start_, at_ - start_);
}

std::string_view CsvScanner::quoted() {
  unquoted_.clear();
  ++at_;
  for (;;) {
    start_ = at_;
    if (!more())
      refuse(field_line_, field_column_,
             "a quote is opened and not closed; expected a closing quote before the end of the "
             "file");
    const char c = buffer_[at_];
    if (c == '\0') refuse_here("a NUL byte; expected text; is the file UTF-16 or binary?");
    ++at_;
    if (c == '"') {
      start_ = at_;
      if (!more() || buffer_[at_] != '"') break;
      ++at_;
    }
    unquoted_ += c;
    check_length(unquoted_.size());
    if (c == '\n') new_line();
  }
  if (more() && buffer_[at_] != separator_ && buffer_[at_] != '\n' && buffer_[at_] != '\r')
    refuse_here(
        "text after a closing quote; expected the separator or the end of the line; double "
        "a quote that belongs to the text");
  return unquoted_;
}

// Takes the separator or the end of the line; true if the record ends.
bool CsvScanner::finish() {
  record_open_ = false;
  if (at_ == end_) return true;  // the end of the file
  const char c = buffer_[at_++];
  if (c == separator_) {
    record_open_ = true;
    return false;
  }
  skip_line_feed_ = c == '\r';
  new_line();
  return true;
}

void CsvScanner::refuse_here(std::string_view message) const {
  refuse(line_, column_at(at_), message);
}

void CsvScanner::refuse(std::int64_t line, std::int64_t column, std::string_view message) const {
  throw FileError(FileError::Kind::data,
                  fmt::format("{}:{}:{}: {}", file_.name(), line, column, message));
}

}  // namespace downhill::detail
