#include "downhill/tables/detail/encoder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace downhill::detail {
namespace {

// (x - center) / scale; a difference that overflows is halved first.
double scaled(double x, const Scaling& scaling) {
  const double difference = x - scaling.center;
  if (std::isfinite(difference)) return difference / scaling.scale;
  return (x / 2 - scaling.center / 2) / (scaling.scale / 2);
}

}  // namespace

Encoder::Encoder(const TableColumn& column, const Table& table, int place, std::int64_t first,
                 bool reported)
    : column_(column),
      place_(place),
      first_(first),
      again_(table, place, column.notation.decimal == ',') {
  const Facts facts(table, place, *again_);
  if (column.kind == ColumnKind::category) {
    codes_.emplace(facts, column);
    (*again_).each(0, table.rows, [&](double cell) { count((*codes_)(cell)); });
    set_shares();
  } else {
    values_.emplace(facts, column);
    missing_ = facts.missing;
    for (std::size_t i = 0; i < facts.entries.size(); ++i)
      if (facts.entries[i] != Entry::missing && is_missing_word(facts.text(i)))
        missing_ += facts.rows_of[i];
    if (reported && (column.kind == ColumnKind::number || column.kind == ColumnKind::date))
      (*again_).each(0, table.rows, [&](double cell) { outside_ += is_far((*values_)(cell)); });
  }
}

TooFar Encoder::fill(std::int64_t begin, const std::vector<float*>& places) const {
  TooFar far;
  auto place = places.begin();
  (*again_).each(begin, begin + static_cast<std::int64_t>(places.size()), [&](double cell) {
    float* const row = *place++;
    if (row == nullptr) return;
    if (codes_) put_code((*codes_)(cell), row + first_);
    else if (!put_numbers(cell, row + first_) && far.row < 0)
      far = {begin + (place - places.begin()) - 1, place_};
  });
  return far;
}

bool Encoder::is_missing_word(std::string_view text) const {
  const auto& words = column_.missing_words;
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool Encoder::is_far(double value) const {
  const double range = column_.high - column_.low;
  return range > 0 && (value < column_.low - range || value > column_.high + range);
}

void Encoder::count(std::int64_t code) {
  unseen_ += code == Codes::kUnseen;
  missing_ += code == Codes::kMissing;
}

// Of unseen levels where the training rows had none to learn from: the mean of the slots.
void Encoder::set_shares() {
  const auto& counts = column_.counts;
  const std::int64_t missing = column_.missing_level ? column_.missing : 0;
  const auto total =
      static_cast<double>(std::accumulate(counts.begin(), counts.end(), column_.others + missing));
  for (const std::int64_t rows : counts)
    shares_.push_back(static_cast<float>(static_cast<double>(rows) / total));
  if (column_.missing_level)
    shares_.push_back(static_cast<float>(static_cast<double>(missing) / total));
}

void Encoder::put_code(std::int64_t code, float* to) const {
  const auto levels = static_cast<std::int64_t>(column_.levels.size());
  const bool has_shared = column_.others > 0 || column_.embedded;
  if (code == Codes::kMissing)
    code = column_.missing_level ? levels + (has_shared ? 1 : 0) : Codes::kUnseen;
  if (code == Codes::kUnseen && has_shared) code = levels;
  if (column_.embedded) {
    *to = static_cast<float>(code);
    return;
  }
  if (code == Codes::kUnseen) {
    std::copy(shares_.begin(), shares_.end(), to);
    return;
  }
  std::fill_n(to, column_.slots(), 0.0f);
  to[code] = 1;
}

bool Encoder::put_numbers(double cell, float* to) const {
  const double value = (*values_)(cell);
  const bool missing = std::isnan(value);
  bool fits = true;
  for (const ColumnPart& part : column_.parts) {
    const double x = missing             ? part.scaling.median
                     : part.name.empty() ? value
                                         : date_part(part.name, value, values_->utc(cell));
    const double z = scaled(x, part.scaling);
    fits &= std::abs(z) <= static_cast<double>(std::numeric_limits<float>::max());
    *to++ = fits ? static_cast<float>(z) : 0;
  }
  if (column_.indicator) *to = missing ? 1 : 0;
  return fits;
}

}  // namespace downhill::detail
