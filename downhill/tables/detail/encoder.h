#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "downhill/tables/detail/values.h"

namespace downhill::detail {

/// Where a number came out that no float can hold.
struct TooFar {
  std::int64_t row = -1;
  int column = 0;
};

/// One column of a table on its way into the columns `first`, ... of the result.
class Encoder {
 public:
  /// Reads the column's cells once: their words and texts are not asked for again. `reported`: numbers
  /// outside of the training's range are counted.
  Encoder(const TableColumn& column, const Table& table, int place, std::int64_t first,
          bool reported);

  std::int64_t outside() const { return outside_; }
  std::int64_t unseen() const { return unseen_; }
  std::int64_t missing() const { return missing_; }
  int place() const { return place_; }

  /// Rows from `begin` on, each to its place; null: left out.
  TooFar fill(std::int64_t begin, const std::vector<float*>& places) const;

 private:
  bool is_missing_word(std::string_view text) const;
  bool is_far(double value) const;
  void count(std::int64_t code);
  void set_shares();
  void put_code(std::int64_t code, float* to) const;
  bool put_numbers(double cell, float* to) const;

  const TableColumn& column_;
  int place_;
  std::int64_t first_;
  CellsOf again_;
  std::optional<Values> values_;
  std::optional<Codes> codes_;
  std::vector<float> shares_;
  std::int64_t unseen_ = 0, missing_ = 0, outside_ = 0;
};

}  // namespace downhill::detail
