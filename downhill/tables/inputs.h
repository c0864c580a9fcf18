#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "downhill/tables/column.h"
#include "downhill/tables/table.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

struct InputOptions {
  std::vector<std::string> ignore = {}, only = {}, category = {}, number = {};  ///< names, or
                                                                                ///< numbers from 1
  std::string decimal = "";     ///< "", "point", "comma"
  std::string date_order = "";  ///< "", "dmy", "mdy", "ymd"
  bool embed = false;           ///< categories of more than 9 levels become codes of embeddings
};

/// UsageError unless these are "" or one of their words.
void check_notation(const std::string& decimal, const std::string& date_order);

/// What `InputColumns::encode` met in the rows.
struct EncodeReport {
  std::vector<std::pair<std::string, std::int64_t>> unseen;   ///< column, cells with unseen levels
  std::vector<std::pair<std::string, std::int64_t>> missing;  ///< column, cells without a value
  /// Column, numbers farther outside of the training rows' range than that is wide.
  std::vector<std::pair<std::string, std::int64_t>> outside;
};

/// All that was learnt of a table's input columns; it stands in the model file.
struct InputColumns {
  std::vector<TableColumn> columns;  ///< in file order, those left out with their reason
  /// What was decided and may be told otherwise, from `learn`; no part of a model.
  std::vector<std::string> notes = {};

  struct Embedded {
    std::string column;
    std::int64_t levels;  ///< slots: codes are 0 .. levels - 1
    std::int64_t width;   ///< min(8, ceil(levels / 2))
    /// The shared slot of unseen levels if no training row has it: start its embedding at 0.
    std::int64_t untrained = -1;
  };

  std::int64_t width() const;  ///< of `encode`: dense numbers, then one code per embedding
  std::int64_t dense() const;  ///< leading columns that are numbers
  std::vector<Embedded> embedded() const;
  std::vector<std::string> feature_names()
      const;  ///< "age", "age missing", "colour=red", "when.month"

  /// What the columns but `excluded` (target, weight, group) hold: kinds and notations from all
  /// rows, everything else from `train_rows`. docs/tables.md has the rules. DataError where no
  /// input is left, FileError (data) for cells that cannot be understood, UsageError for options.
  static InputColumns learn(const Table& table, const std::vector<int>& excluded,
                            const InputOptions& options, std::span<const std::int64_t> train_rows);

  /// With which a table for `encode` is read.
  TableOptions table_options() const;

  /// (rows, width) float32. Columns are found by name, further ones are left alone. DataError with
  /// all the names that are missing; FileError (data) for a cell that cannot be understood.
  Tensor encode(const Table& table, EncodeReport* report = nullptr) const;
  /// The same, freeing the table's cells as it goes: at most 8 bytes per cell at any time.
  Tensor encode(Table&& table, EncodeReport* report = nullptr) const;
  /// ... of the rows of these lists, int64, one list after the other; others are left out. UsageError
  /// unless each list ascends, within the table, and no row is in two.
  Tensor encode(Table&& table, const std::vector<Tensor>& lists,
                EncodeReport* report = nullptr) const;

  void write(JsonWriter& json) const;       ///< one value: a list of columns
  static InputColumns read(JsonView json);  ///< JsonError for what `write` cannot have written
};

}  // namespace downhill
