// InputColumns::encode: the encoders of all columns over the rows of one piece at a time.
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <unordered_map>

#include "downhill/core/error.h"
#include "downhill/core/memory.h"
#include "downhill/core/parallel.h"
#include "downhill/io/utf8.h"
#include "downhill/tables/detail/encoder.h"
#include "downhill/tables/inputs.h"

namespace downhill {
namespace {

using detail::Cells;
using detail::Encoder;
using detail::TooFar;

constexpr std::size_t kTogether = 4096;  // columns

// The table's column of each input; names that are missing are told at once.
std::vector<int> columns_in(const InputColumns& inputs, const Table& table) {
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

void check_lists(const std::vector<Tensor>& lists, std::int64_t rows) {
  std::vector<bool> taken(static_cast<std::size_t>(rows));
  for (const Tensor& list : lists) {
    std::int64_t last = -1;
    for (const std::int64_t row : list.values<std::int64_t>()) {
      if (row <= last || row >= rows || taken[static_cast<std::size_t>(row)])
        throw_usage("encode", fmt::format("row {} of a list is outside of {} rows, not above the "
                                          "one before, or in two lists",
                                          row, rows));
      taken[static_cast<std::size_t>(row)] = true;
      last = row;
    }
  }
}

// Where the rows begin .. end - 1 go in the result: the lists one after the other, or all in order.
class Places {
 public:
  Places(const Table& table, const std::vector<Tensor>* lists) : table_(table), lists_(lists) {}

  std::int64_t rows() const {
    if (lists_ == nullptr) return table_.rows;
    std::int64_t rows = 0;
    for (const Tensor& list : *lists_) rows += list.elements();
    return rows;
  }
  std::vector<float*> of(std::int64_t begin, std::int64_t end, float* out,
                         std::int64_t width) const {
    std::vector<float*> places(static_cast<std::size_t>(end - begin), nullptr);
    if (lists_ == nullptr)
      for (std::int64_t i = 0; i < end - begin; ++i)
        places[static_cast<std::size_t>(i)] = out + (begin + i) * width;
    else
      for (const Tensor& list : *lists_) {
        const auto rows = list.values<std::int64_t>();
        for (auto at = std::ranges::lower_bound(rows, begin); at != rows.end() && *at < end; ++at)
          places[static_cast<std::size_t>(*at - begin)] = out + (at - rows.begin()) * width;
        out += list.elements() * width;
      }
    return places;
  }

 private:
  const Table& table_;
  const std::vector<Tensor>* lists_;
};

// All rows of these columns; `freed` is the table whose pieces are freed when they are done.
void fill_rows(const std::vector<Encoder>& encoders, const Table& table, Table* freed,
               const Places& places, float* out, std::int64_t width) {
  const std::int64_t pieces = blocks(table.rows, Cells::kPiece);
  std::vector<TooFar> far(static_cast<std::size_t>(pieces));
  parallel_for(pieces, true, [&](std::int64_t piece) {
    const std::int64_t begin = piece * Cells::kPiece;
    const std::int64_t end = std::min(begin + Cells::kPiece, table.rows);
    TooFar& worst = far[static_cast<std::size_t>(piece)];
    const std::vector<float*> to = places.of(begin, end, out, width);
    for (const Encoder& encoder : encoders) {
      const TooFar found = encoder.fill(begin, to);
      if (worst.row < 0) worst = found;
      if (freed != nullptr)
        freed->cells[static_cast<std::size_t>(encoder.place())].free_piece(piece);
    }
  });
  for (const TooFar& found : far)
    if (found.row >= 0) refuse_far(table, found);
}

Tensor encode_rows(const InputColumns& inputs, const Table& table, Table* freed,
                   const std::vector<Tensor>* lists, EncodeReport* report) {
  const Places places(table, lists);
  const std::vector<int> from = columns_in(inputs, table);
  std::vector<const TableColumn*> columns;
  columns.reserve(from.size());
  for (const TableColumn& column : inputs.columns)
    if (column.kind != ColumnKind::left_out) columns.push_back(&column);
  const std::int64_t width = inputs.width();
  std::int64_t first = 0, code = inputs.dense();
  Tensor result = Tensor::empty({places.rows(), width}, Type::f32);
  for (std::size_t at = 0; at < columns.size(); at += kTogether) {
    const std::size_t count = std::min(kTogether, columns.size() - at);
    const auto encoders = encoders_of(std::span(columns).subspan(at, count), table,
                                      std::span(from).subspan(at, count), first, code, report);
    if (freed != nullptr) {
      for (const Encoder& encoder : encoders)
        freed->cells[static_cast<std::size_t>(encoder.place())].forget_words();
      give_back_free_memory();
    }
    fill_rows(encoders, table, freed, places, result.data<float>(), width);
  }
  return result;
}

}  // namespace

Tensor InputColumns::encode(const Table& table, EncodeReport* report) const {
  return encode_rows(*this, table, nullptr, nullptr, report);
}

Tensor InputColumns::encode(Table&& table, EncodeReport* report) const {
  Table own = std::move(table);
  return encode_rows(*this, own, &own, nullptr, report);
}

Tensor InputColumns::encode(Table&& table, const std::vector<Tensor>& lists,
                            EncodeReport* report) const {
  check_lists(lists, table.rows);
  Table own = std::move(table);
  return encode_rows(*this, own, &own, &lists, report);
}

}  // namespace downhill
