// InputColumns::encode: raw cells to numbers, in the rows of one piece at a time.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <unordered_map>

#include "downhill/core/error.h"
#include "downhill/core/parallel.h"
#include "downhill/io/utf8.h"
#include "downhill/tables/detail/values.h"
#include "downhill/tables/inputs.h"

namespace downhill {
namespace {

using detail::Cells;
using detail::Codes;
using detail::Facts;
using detail::Values;

constexpr std::size_t kTogether = 4096;  // columns

// (x - center) / scale; a difference that overflows is halved first.
double scaled(double x, const Scaling& scaling) {
  const double difference = x - scaling.center;
  if (std::isfinite(difference)) return difference / scaling.scale;
  return (x / 2 - scaling.center / 2) / (scaling.scale / 2);
}

// Where a number came out that no float can hold.
struct TooFar {
  std::int64_t row = -1;
  int column = 0;
};

// One column of the table on its way into the columns `first`, ... of the result.
class Encoder {
 public:
  Encoder(const TableColumn& column, const Table& table, int place, std::int64_t first,
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
        if (facts.entries[i] != detail::Entry::missing && is_missing_word(facts.text(i)))
          missing_ += facts.rows_of[i];
      if (reported && (column.kind == ColumnKind::number || column.kind == ColumnKind::date))
        (*again_).each(0, table.rows, [&](double cell) { outside_ += is_far((*values_)(cell)); });
    }
  }

  std::int64_t outside() const { return outside_; }
  std::int64_t unseen() const { return unseen_; }
  std::int64_t missing() const { return missing_; }
  int place() const { return place_; }

  // Rows begin .. end - 1 into `out`, the first number of row `begin`.
  TooFar fill(std::int64_t begin, std::int64_t end, float* out, std::int64_t width) const {
    float* to = out + first_;
    TooFar far;
    std::int64_t row = begin;
    (*again_).each(begin, end, [&](double cell) {
      if (codes_) put_code((*codes_)(cell), to);
      else if (!put_numbers(cell, to) && far.row < 0) far = {row, place_};
      to += width;
      ++row;
    });
    return far;
  }

 private:
  bool is_missing_word(std::string_view text) const {
    const auto& words = column_.missing_words;
    return std::find(words.begin(), words.end(), text) != words.end();
  }

  bool is_far(double value) const {
    const double range = column_.high - column_.low;
    return range > 0 && (value < column_.low - range || value > column_.high + range);
  }

  void count(std::int64_t code) {
    unseen_ += code == Codes::kUnseen;
    missing_ += code == Codes::kMissing;
  }

  // Of unseen levels where the training rows had none to learn from: the mean of the slots.
  void set_shares() {
    const auto& counts = column_.counts;
    const std::int64_t missing = column_.missing_level ? column_.missing : 0;
    const auto total = static_cast<double>(
        std::accumulate(counts.begin(), counts.end(), column_.others + missing));
    for (const std::int64_t rows : counts)
      shares_.push_back(static_cast<float>(static_cast<double>(rows) / total));
    if (column_.missing_level)
      shares_.push_back(static_cast<float>(static_cast<double>(missing) / total));
  }

  void put_code(std::int64_t code, float* to) const {
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

  bool put_numbers(double cell, float* to) const {
    const double value = (*values_)(cell);
    const bool missing = std::isnan(value);
    bool fits = true;
    for (const ColumnPart& part : column_.parts) {
      const double x = missing ? part.scaling.median
                       : part.name.empty()
                           ? value
                           : detail::date_part(part.name, value, values_->utc(cell));
      const double z = scaled(x, part.scaling);
      fits &= std::abs(z) <= static_cast<double>(std::numeric_limits<float>::max());
      *to++ = fits ? static_cast<float>(z) : 0;
    }
    if (column_.indicator) *to = missing ? 1 : 0;
    return fits;
  }

  const TableColumn& column_;
  int place_;
  std::int64_t first_;
  detail::CellsOf again_;
  std::optional<Values> values_;
  std::optional<Codes> codes_;
  std::vector<float> shares_;
  std::int64_t unseen_ = 0, missing_ = 0, outside_ = 0;
};

// The table's column of each input; names that are missing are told at once.
std::vector<int> places(const InputColumns& inputs, const Table& table) {
  std::unordered_map<std::string_view, int> known;
  known.reserve(table.names.size());
  for (int i = 0; i < table.columns(); ++i)
    if (table.cells[static_cast<std::size_t>(i)].size() > 0)
      known.emplace(table.names[static_cast<std::size_t>(i)], i);
  std::vector<int> result;
  result.reserve(known.size());
  std::string missing;
  std::int64_t absent = 0;
  for (const TableColumn& column : inputs.columns) {
    if (column.kind == ColumnKind::left_out) continue;
    const auto found = known.find(column.name);
    if (found != known.end()) result.push_back(found->second);
    else if (++absent <= 10)
      missing += fmt::format("{}{}", missing.empty() ? "" : ", ", excerpt(column.name, 80));
  }
  if (absent == 0) return result;
  const std::string note = table.one_column_note();
  throw FileError(
      FileError::Kind::data,
      fmt::format("{}: {} of the columns that the model was trained on {} missing: {}{}; "
                  "expected all of them by name; {}",
                  table.file, absent, absent == 1 ? "is" : "are", missing,
                  absent > 10 ? ", ..." : "",
                  !note.empty() ? "the table has " + note : "rename or add columns of the file"));
}

[[noreturn]] void refuse_far(const Table& table, const TooFar& far) {
  table.refuse(far.row, far.column,
               fmt::format("column {}: the value is more than 3e38 deviations from the training "
                           "rows; expected values like theirs; correct it or leave it empty",
                           table.name_of(far.column)));
}

// Encoders of up to kTogether columns, with what they met in the report.
std::vector<Encoder> encoders_of(std::span<const TableColumn*> columns, const Table& table,
                                 std::span<const int> from, std::int64_t& first, std::int64_t& code,
                                 EncodeReport* report) {
  std::vector<Encoder> encoders;
  encoders.reserve(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const TableColumn& column = *columns[i];
    const Encoder& encoder = encoders.emplace_back(
        column, table, from[i], column.embedded ? code++ : first, report != nullptr);
    first += column.width();
    if (report == nullptr) continue;
    if (encoder.unseen() > 0) report->unseen.emplace_back(column.name, encoder.unseen());
    if (encoder.outside() > 0) report->outside.emplace_back(column.name, encoder.outside());
    if (encoder.missing() > 0) report->missing.emplace_back(column.name, encoder.missing());
  }
  return encoders;
}

// All rows of these columns; `freed` is the table whose pieces are freed when they are done.
void fill_rows(const std::vector<Encoder>& encoders, const Table& table, Table* freed, float* out,
               std::int64_t width) {
  const std::int64_t pieces = blocks(table.rows, Cells::kPiece);
  std::vector<TooFar> far(static_cast<std::size_t>(pieces));
  parallel_for(pieces, true, [&](std::int64_t piece) {
    const std::int64_t begin = piece * Cells::kPiece;
    const std::int64_t end = std::min(begin + Cells::kPiece, table.rows);
    TooFar& worst = far[static_cast<std::size_t>(piece)];
    for (const Encoder& encoder : encoders) {
      const TooFar found = encoder.fill(begin, end, out + begin * width, width);
      if (worst.row < 0) worst = found;
      if (freed != nullptr)
        freed->cells[static_cast<std::size_t>(encoder.place())].free_piece(piece);
    }
  });
  for (const TooFar& found : far)
    if (found.row >= 0) refuse_far(table, found);
}

Tensor encode_rows(const InputColumns& inputs, const Table& table, Table* freed,
                   EncodeReport* report) {
  const std::vector<int> from = places(inputs, table);
  std::vector<const TableColumn*> columns;
  columns.reserve(from.size());
  for (const TableColumn& column : inputs.columns)
    if (column.kind != ColumnKind::left_out) columns.push_back(&column);
  const std::int64_t width = inputs.width();
  std::int64_t first = 0, code = inputs.dense();
  Tensor result = Tensor::empty({table.rows, width}, Type::f32);
  for (std::size_t at = 0; at < columns.size(); at += kTogether) {
    const std::size_t count = std::min(kTogether, columns.size() - at);
    const auto encoders = encoders_of(std::span(columns).subspan(at, count), table,
                                      std::span(from).subspan(at, count), first, code, report);
    fill_rows(encoders, table, freed, result.data<float>(), width);
  }
  return result;
}

}  // namespace

Tensor InputColumns::encode(const Table& table, EncodeReport* report) const {
  return encode_rows(*this, table, nullptr, report);
}

Tensor InputColumns::encode(Table&& table, EncodeReport* report) const {
  Table own = std::move(table);
  return encode_rows(*this, own, &own, report);
}

}  // namespace downhill
