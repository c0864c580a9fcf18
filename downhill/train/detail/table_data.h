#pragma once
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "downhill/data/dataset.h"
#include "downhill/data/split.h"
#include "downhill/tables/inputs.h"
#include "downhill/tables/table.h"
#include "downhill/tables/target.h"
#include "downhill/train/table_run.h"

namespace downhill::detail {

/// "a,b" taken apart; empty text gives nothing.
std::vector<std::string> list_of(const std::string& text);

/// With which a run's tables are read.
TableOptions table_options(const TableRunOptions& options);

/// Rows of a table, ascending: all of them, without a list, or some.
class UsedRows {
 public:
  explicit UsedRows(std::int64_t all = 0) : size_(all) {}
  explicit UsedRows(std::vector<std::int64_t> some)
      : size_(static_cast<std::int64_t>(some.size())), some_(std::move(some)) {}

  std::int64_t size() const { return size_; }
  bool all() const { return !some_; }
  std::vector<std::int64_t> list() const {
    std::vector<std::int64_t> rows(static_cast<std::size_t>(size_));
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = (*this)[static_cast<std::int64_t>(i)];
    return rows;
  }
  std::int64_t operator[](std::int64_t i) const {
    return some_ ? (*some_)[static_cast<std::size_t>(i)] : i;
  }

 private:
  std::int64_t size_;
  std::optional<std::vector<std::int64_t>> some_;
};

/// A table with its target, before its inputs are numbers.
struct OpenTable {
  Table table;
  int target = 0;
  TargetColumn column;
  std::vector<double> weight;  ///< of each row; empty: 1
  UsedRows used;               ///< rows with a target
  std::vector<int> excluded;   ///< columns that are no inputs: target, weight, ...
  std::vector<std::string> notes;
};
/// `trained`: the model whose names and whose target's notation the table must have.
OpenTable open_table(const TableRunOptions& options, const std::filesystem::path& data,
                     const ModelCard* trained = nullptr);
/// The target as it is written in the training of `trained`; without a model as it is found.
TargetColumn read_target_like(const ModelCard* trained, const Table& table, int column,
                              const TableRunOptions& options);

/// UsageError where a column has two of the roles target, weight, group and time, or the options of
/// inputs contradict its role; a note where they say nothing of it.
void check_roles(OpenTable& open, const TableRunOptions& options);
/// The same of options alone, before a file is opened.
void check_roles(const TableRunOptions& options);

/// How the columns of a model's inputs are read.
InputOptions input_options(const TableRunOptions& options, const std::string& model);

/// The classes in the order that was told ("low,medium,high"), else in that of the column. DataError for
/// an order that does not name each class once.
std::vector<std::string> ordered_classes(const TargetColumn& target, const std::string& order);

/// The used rows cut into parts as the options say: by time, by group, or at random. Rows count within
/// `open.used`.
RowParts parts_of(const OpenTable& open, const TableRunOptions& options, Task task,
                  std::span<const double> shares);

/// FileError (data) for a target outside of the loss's range.
void check_range(const OpenTable& open, const Loss& loss);

/// Rows of each part: train, validation, test; a part that has a file of its own is empty.
std::vector<Tensor> split_rows(const OpenTable& open, const TableRunOptions& options, Task task,
                               std::vector<std::string>& notes);

/// The target in the form that the loss takes: (rows, 1) float64, or labels as places in `classes`.
/// FileError (data) with its place for a class that is not among them.
Tensor target_of(const OpenTable& open, Task task, const std::vector<std::string>& classes);

/// What rows weigh, (rows) float64 each; undefined where all weigh 1.
struct RowWeights {
  Tensor loss;  ///< in the loss: with the factor of the row's class
  Tensor own;   ///< in head and metrics: the table's column alone
};
/// `by_class` is empty, or one factor per class.
RowWeights weights_of(const OpenTable& open, const Tensor& labels,
                      const std::vector<double>& by_class);

/// Rows with the weight of the loss, and as a fourth tensor their own where there is one.
Dataset rows_of(const Tensor& x, const Tensor& y, const RowWeights& weights);
/// The rows of each list. Their inputs stand in `x`, one list after the other, and are shared;
/// target and weights are those of all rows of the table.
std::vector<Dataset> rows_of(const Tensor& x, const std::vector<Tensor>& lists, const Tensor& y,
                             const RowWeights& weights);

}  // namespace downhill::detail
