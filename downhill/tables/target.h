#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "downhill/tables/notation.h"
#include "downhill/tables/table.h"

namespace downhill {

/// What the target column holds, from all its rows.
struct TargetColumn {
  enum class Kind { numbers, booleans, text };
  Kind kind = Kind::numbers;
  std::string name;
  std::string sentence;  ///< "numbers with decimal comma, 7.9 to 94.58", for screen and report
  Notation notation;     ///< of numbers
  std::vector<std::string> notes;  ///< what was decided and may be told otherwise
  /// Of each row; NaN where it is missing or the target is no number. Booleans: 0 and 1.
  std::vector<double> numbers;
  /// Booleans and text: labels as the file has them, sorted; of booleans false, no, f, n first.
  std::vector<std::string> labels;
  std::vector<std::int64_t> codes;    ///< of each row into `labels`; -1: missing; empty for numbers
  std::vector<std::int64_t> missing;  ///< rows without a target, ascending
  std::string missing_word;           ///< the first word among these that stands for no value, "NA"
  // Facts that decide the kind of the task.
  std::int64_t distinct = 0;    ///< different values or labels; of numbers counted to 1001
  std::int64_t least_rows = 0;  ///< of the value or label with the fewest (0 beyond 1001)
  bool whole = false;           ///< numbers: all whole, below 2^53
  double low = 0, high = 0;     ///< numbers

  /// Numbers become labels "0", "1", ... in the order of their values, with codes (--task classes).
  /// DataError for more than max(20, rows / 10) of them.
  void become_classes();
};

/// `decimal` is "", "point" or "comma"; `as_text` takes every cell as a label, whatever it looks
/// like; `classes` are labels that are told, also where they look like missing values. FileError
/// (data) for a column of numbers with a few cells (under 2 %) that are none, naming the first; for
/// text with more than max(20, rows / 10) labels; for an ambiguous notation; for a column without
/// any value.
TargetColumn read_target(const Table& table, int column, const std::string& decimal = "",
                         bool as_text = false, std::span<const std::string> classes = {});

/// A target of numbers in the notation of another table, that of the training. FileError (data) for
/// the first cell that is neither missing nor a number in it.
TargetColumn read_target_as(const Table& table, int column, const Notation& notation);

}  // namespace downhill
