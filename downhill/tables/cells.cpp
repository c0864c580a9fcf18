#include "downhill/tables/detail/cells.h"

#include <algorithm>
#include <bit>

#include "downhill/core/error.h"
#include "downhill/tables/detail/hash.h"

namespace downhill::detail {
namespace {

constexpr std::uint64_t kText = 0x7FF8000100000000u;  // a quiet NaN; the index is added
constexpr std::size_t kMostWords = 0xFFFFFFF0u;

std::uint64_t hash_of(std::string_view text, bool quoted) { return hash(quoted ? 1 : 0, text); }

}  // namespace

std::string_view Dictionary::text(std::size_t index) const {
  const std::size_t begin = index == 0 ? 0 : static_cast<std::size_t>(ends_[index - 1]);
  return std::string_view(bytes_).substr(begin, static_cast<std::size_t>(ends_[index]) - begin);
}

std::uint32_t Dictionary::add(std::string_view word, bool is_quoted) {
  if (2 * (size() + 1) > slots_.size()) grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = static_cast<std::size_t>(hash_of(word, is_quoted)) & mask;
  for (; slots_[at] != 0; at = (at + 1) & mask) {
    const std::uint32_t index = slots_[at] - 1;
    if (quoted_[index] == is_quoted && text(index) == word) return index;
  }
  if (size() >= kMostWords)
    throw_data("table", "a column has more than 4e9 different texts; expected fewer");
  bytes_.append(word);
  ends_.push_back(bytes_.size());
  quoted_.push_back(is_quoted);
  slots_[at] = static_cast<std::uint32_t>(size());
  return slots_[at] - 1;
}

void Dictionary::finish() {
  std::vector<std::uint32_t>().swap(slots_);
  bytes_.shrink_to_fit();
  ends_.shrink_to_fit();
}

void Dictionary::grow() {
  slots_.assign(std::bit_ceil(std::max<std::size_t>(8, 2 * (size() + 1))), 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t index = 0; index < size(); ++index) {
    std::size_t at = static_cast<std::size_t>(hash_of(text(index), quoted_[index])) & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = static_cast<std::uint32_t>(index + 1);
  }
}

void Cells::add(double number) {
  if (size_ % kPiece == 0) {
    pieces_.emplace_back();
    if (size_ > 0) pieces_.back().reserve(kPiece);
  }
  pieces_.back().push_back(number);
  ++size_;
}

void Cells::add(std::string_view text, bool quoted) {
  if (!words_) words_ = std::make_unique<Dictionary>();
  add(std::bit_cast<double>(kText | words_->add(text, quoted)));
}

const Dictionary& Cells::words() const {
  static const Dictionary none;
  return words_ ? *words_ : none;
}

void Cells::free_piece(std::int64_t piece) {
  auto& numbers = pieces_[static_cast<std::size_t>(piece)];
  numbers.clear();
  numbers.shrink_to_fit();
}

}  // namespace downhill::detail
