#pragma once
#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "downhill/tables/detail/pages.h"

namespace downhill::detail {

/// The different texts of a column, each with whether it was quoted.
class Dictionary {
 public:
  std::uint32_t add(std::string_view text, bool quoted);  ///< the index of that entry
  std::size_t size() const { return ends_.size(); }
  std::string_view text(std::size_t index) const;
  bool quoted(std::size_t index) const { return quoted_[index]; }
  void finish();  ///< nothing is added any more

 private:
  void grow();
  std::string bytes_;                // of all texts, one after the other
  std::vector<std::uint64_t> ends_;  // of each text
  std::vector<bool> quoted_;
  std::vector<std::uint32_t> slots_;  // open addressing: index + 1, 0 is free
};

/// The cells of one column, in pieces that can be freed one by one. A cell is a finite number, or a
/// NaN whose low bits are the index of an entry of the dictionary.
class Cells {
 public:
  static constexpr std::int64_t kPiece = std::int64_t{1} << 16;  ///< rows

  void add(double number);
  void add(std::string_view text, bool quoted);

  std::int64_t size() const { return size_; }
  double operator[](std::int64_t row) const {
    return pieces_[static_cast<std::size_t>(row / kPiece)][static_cast<std::size_t>(row % kPiece)];
  }
  static bool is_text(double cell) { return cell != cell; }
  static std::size_t entry(double cell) {
    return static_cast<std::size_t>(std::bit_cast<std::uint64_t>(cell) & 0xFFFFFFFFu);
  }
  const Dictionary& words() const;
  /// Calls `body(cell)` for the cells of rows first .. last - 1.
  template <class Each>
  void each(std::int64_t first, std::int64_t last, Each&& body) const {
    for (std::int64_t row = first; row < last;) {
      const auto& piece = pieces_[static_cast<std::size_t>(row / kPiece)];
      const std::int64_t end =
          last < (row / kPiece + 1) * kPiece ? last : (row / kPiece + 1) * kPiece;
      for (; row < end; ++row) body(piece[static_cast<std::size_t>(row % kPiece)]);
    }
  }
  void free_piece(std::int64_t piece);
  void forget_words() { words_.reset(); }
  /// No cell is added any more: frees what finds the texts.
  void finish() {
    if (words_) words_->finish();
  }

  bool points = false;           ///< a number has a decimal point
  bool other_points = false;     ///< and some cannot be thousands, as 1.234 can
  bool all_text = false;         ///< was read as text
  std::uint32_t code_width = 0;  ///< digits of every number, if all are digits and equally many
  bool zero_in_front = false;    ///< of one of them

  /// Codes such as 01234: at least three digits each, equally many, a 0 in front of some.
  bool are_codes() const { return zero_in_front && code_width >= 3 && code_width != kNoCode; }
  /// Numbers of C alone, whose points can only be decimal ones.
  bool are_plain() const { return words().size() == 0 && (!points || other_points); }
  static constexpr std::uint32_t kNoCode = 0xFFFFFFFFu;

 private:
  std::vector<std::vector<double, Pages<double>>> pieces_;
  std::unique_ptr<Dictionary> words_;
  std::int64_t size_ = 0;
};

}  // namespace downhill::detail
