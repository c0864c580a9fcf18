// The rows of a table run: read, the target understood, weighed, split.
#include "downhill/train/detail/table_data.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "downhill/catalog/model.h"
#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/data/split.h"
#include "downhill/io/utf8.h"
#include "downhill/tables/detail/facts.h"
#include "downhill/tables/row_columns.h"

namespace downhill::detail {
namespace {

/// The values of these rows alone.
template <class T>
std::vector<T> picked(const std::vector<T>& all, const UsedRows& rows) {
  if (rows.all()) return all;
  std::vector<T> some;
  some.reserve(static_cast<std::size_t>(rows.size()));
  for (std::int64_t i = 0; i < rows.size(); ++i)
    some.push_back(all[static_cast<std::size_t>(rows[i])]);
  return some;
}

[[noreturn]] void refuse_missing(const OpenTable& open) {
  const TargetColumn& target = open.column;
  const std::string word =
      target.missing_word.empty() || target.kind == TargetColumn::Kind::numbers
          ? ""
          : fmt::format(" ({} is none; in quotes, or named by --class-order, it is a class)",
                        excerpt(target.missing_word));
  open.table.refuse(
      target.missing[0], open.target,
      fmt::format("{} of {} rows have no value in {}{}; fill it in, or leave them out with "
                  "--drop-missing-target",
                  target.missing.size(), open.table.rows, excerpt(target.name, 80), word));
}

void use_rows(OpenTable& open, const TableRunOptions& o) {
  const auto& missing = open.column.missing;
  if (!missing.empty() && !o.drop_missing_target) refuse_missing(open);
  open.used = UsedRows(open.table.rows);
  if (missing.empty()) return;
  std::vector<std::int64_t> some;
  std::size_t next = 0;
  for (std::int64_t row = 0; row < open.table.rows; ++row) {
    if (next < missing.size() && missing[next] == row) ++next;
    else some.push_back(row);
  }
  open.used = UsedRows(std::move(some));
  open.notes.push_back(fmt::format("{} rows without a target are left out", missing.size()));
}

void read_weights(OpenTable& open, const TableRunOptions& o) {
  if (o.weight.empty()) return;
  const int column = find_column(open.table, o.weight);
  open.excluded.push_back(column);
  open.weight = number_of_each_row(open.table, column, "the weight", o.decimal);
  double sum = 0;
  for (std::int64_t i = 0; i < open.used.size(); ++i) {
    const std::int64_t row = open.used[i];
    const double w = open.weight[static_cast<std::size_t>(row)];
    if (!(w >= 0))
      open.table.refuse(row, column, fmt::format("the weight is {}; expected 0 or more", w));
    sum += w;
  }
  if (!(sum > 0) || !std::isfinite(sum))
    throw DataError(fmt::format(
        "[train] the weights in {} add up to {}; expected a positive number", o.weight, sum));
}

void name_sparse(const RowParts& parts, const TargetColumn& column,
                 std::vector<std::string>& notes) {
  if (parts.sparse.empty()) return;
  std::vector<std::string> names;
  for (const std::int64_t k : parts.sparse) {
    if (names.size() == 5) break;
    names.push_back(excerpt(column.labels[static_cast<std::size_t>(k)], 40));
  }
  notes.push_back(fmt::format("{} of {} ha{} too few rows to stand in every part: {}{}",
                              parts.sparse.size() == 1 ? "a class" : "classes", column.name,
                              parts.sparse.size() == 1 ? "s" : "ve", fmt::join(names, ", "),
                              parts.sparse.size() > 5 ? ", ..." : ""));
}

// A share of few rows may be none.
void name_empty(const RowParts& parts, const TableRunOptions& o, std::vector<std::string>& notes) {
  const auto shares = o.shares();
  for (const auto& [part, name] : {std::pair<std::size_t, const char*>(1, "validation"),
                                   std::pair<std::size_t, const char*>(2, "test")})
    if (shares[part] > 0 && parts.rows[part].elements() == 0)
      notes.push_back(
          fmt::format("no row is left for the {}: its share is {}, and the rows are too "
                      "few",
                      name, print_option(shares[part])));
}

// Found where the labels of a file are spelled in another case than those of the training, as
// within one file: of booleans alone.
std::vector<std::string>::const_iterator class_of(const TargetColumn& column,
                                                  const std::string& label,
                                                  const std::vector<std::string>& classes) {
  const auto at = std::find(classes.begin(), classes.end(), label);
  if (at != classes.end() || column.kind != TargetColumn::Kind::booleans || classes.size() != 2)
    return at;
  return std::find_if(classes.begin(), classes.end(),
                      [&](const std::string& name) { return lower(name) == lower(label); });
}

}  // namespace

RowParts parts_of(const OpenTable& open, const TableRunOptions& o, Task task,
                  std::span<const double> shares) {
  if (!o.split_by_time.empty()) {
    const auto times =
        time_of_each_row(open.table, find_column(open.table, o.split_by_time), o.date_order);
    return split_by_time(picked(times, open.used), shares);
  }
  if (!o.split_by_group.empty()) {
    const auto groups = group_of_each_row(open.table, find_column(open.table, o.split_by_group));
    return split_by_group(picked(groups, open.used), shares, o.seed);
  }
  if (task == Task::numbers) return {split(open.used.size(), shares, o.seed), {}};
  const auto classes = static_cast<std::int64_t>(open.column.labels.size());
  const auto& codes = open.column.codes;
  if (open.used.all()) return split_stratified(codes, classes, shares, o.seed);
  return split_stratified(picked(codes, open.used), classes, shares, o.seed);
}

std::vector<std::string> list_of(const std::string& text) {
  std::vector<std::string> all;
  if (text.empty()) return all;
  for (const std::string_view piece : split_outside(text, ',')) all.emplace_back(piece);
  return all;
}

TableOptions table_options(const TableRunOptions& o) {
  TableOptions options;
  if (!o.separator.empty())
    options.separator = o.separator == "tab" || o.separator == "\\t" ? '\t' : o.separator[0];
  if (o.header != Header::automatic) options.header = o.header == Header::yes;
  options.asked = o.target;
  options.decimal_comma = o.decimal == "comma";
  return options;
}

InputOptions input_options(const TableRunOptions& o, const std::string& model) {
  return {.ignore = list_of(o.ignore),
          .only = list_of(o.only),
          .category = list_of(o.category),
          .number = list_of(o.number),
          .decimal = o.decimal,
          .date_order = o.date_order,
          .embed = has_hidden_layers(model)};
}

std::vector<std::string> ordered_classes(const TargetColumn& target, const std::string& order) {
  if (order.empty()) return target.labels;
  std::vector<std::string> told = list_of(order);
  if (!std::ranges::is_permutation(told, target.labels))
    throw DataError(fmt::format("[train] class_order is {}; expected each class of {} once: {}",
                                excerpt(order), target.name, fmt::join(target.labels, ",")));
  return told;
}

// Words that stand for 0 and 1, and classes, have no notation.
TargetColumn read_target_like(const ModelCard* trained, const Table& table, int column,
                              const TableRunOptions& o) {
  const bool like =
      trained != nullptr && trained->task == Task::numbers && !trained->boolean_target;
  return like ? read_target_as(table, column, trained->notation)
              : read_target(table, column, o.decimal, false,
                            trained != nullptr ? trained->classes : list_of(o.class_order));
}

OpenTable open_table(const TableRunOptions& o, const std::filesystem::path& data,
                     const ModelCard* trained) {
  OpenTable open;
  TableOptions reading = table_options(o);
  if (trained != nullptr) reading.expected = trained->inputs.table_options().only;
  open.table = read_table(data, reading);
  open.target = find_column(open.table, o.target);
  check_roles(open, o);
  open.column = read_target_like(trained, open.table, open.target, o);
  // Else they may tell how the inputs are written.
  if (open.table.cells[static_cast<std::size_t>(open.target)].are_plain())
    open.table.forget(open.target);
  for (const auto& notes : {open.table.notes, open.column.notes})
    open.notes.insert(open.notes.end(), notes.begin(), notes.end());
  open.excluded = {open.target};
  use_rows(open, o);
  read_weights(open, o);
  if (!o.split_by_group.empty()) open.excluded.push_back(find_column(open.table, o.split_by_group));
  return open;
}

void check_range(const OpenTable& open, const Loss& loss) {
  const auto& range = loss.target_range();
  if (!range) return;
  for (std::int64_t i = 0; i < open.used.size(); ++i) {
    const std::int64_t row = open.used[i];
    const double y = open.column.numbers[static_cast<std::size_t>(row)];
    if (!range->contains(y))
      open.table.refuse(row, open.target,
                        fmt::format("{} takes numbers in {}, but the target {} is {}", loss.name(),
                                    range->text(), open.column.name, decimal(y, 6)));
  }
}

std::vector<Tensor> split_rows(const OpenTable& open, const TableRunOptions& o, Task task,
                               std::vector<std::string>& notes) {
  RowParts parts = parts_of(open, o, task, o.shares());
  name_sparse(parts, open.column, notes);
  for (Tensor& rows : parts.rows)
    for (std::int64_t& row : rows.values<std::int64_t>()) row = open.used[row];
  if (parts.rows[0].elements() < 2)
    throw DataError(
        fmt::format("[train] {} rows leave fewer than 2 for training; at least 2 are needed",
                    open.used.size()));
  name_empty(parts, o, notes);
  return std::move(parts.rows);
}

Tensor target_of(const OpenTable& open, Task task, const std::vector<std::string>& classes) {
  const TargetColumn& column = open.column;
  const auto rows = static_cast<std::int64_t>(column.numbers.size());
  if (task == Task::numbers) return Tensor::from(column.numbers, {rows, 1});
  std::vector<std::int64_t> place;
  for (std::size_t k = 0; k < column.labels.size(); ++k) {
    const auto at = class_of(column, column.labels[k], classes);
    if (at == classes.end()) {
      const auto first = std::ranges::find(column.codes, static_cast<std::int64_t>(k));
      open.table.refuse(
          first - column.codes.begin(), open.target,
          fmt::format("the class {} of {} is not among those of the training: {}",
                      excerpt(column.labels[k]), column.name, fmt::join(classes, ", ")));
    }
    place.push_back(at - classes.begin());
  }
  Tensor labels = Tensor::zeros({static_cast<std::int64_t>(column.codes.size())}, Type::i64);
  for (std::size_t i = 0; i < column.codes.size(); ++i)
    if (column.codes[i] >= 0)
      labels.data<std::int64_t>()[i] = place[static_cast<std::size_t>(column.codes[i])];
  return labels;
}

RowWeights weights_of(const OpenTable& open, const Tensor& labels,
                      const std::vector<double>& by_class) {
  RowWeights weights;
  if (!open.weight.empty()) weights.own = Tensor::from(open.weight);
  weights.loss = weights.own;
  if (by_class.empty()) return weights;
  weights.loss = Tensor::ones({labels.elements()}, Type::f64);
  for (std::int64_t i = 0; i < labels.elements(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    weights.loss.data<double>()[i] =
        (open.weight.empty() ? 1 : open.weight[at]) *
        by_class[static_cast<std::size_t>(labels.data<std::int64_t>()[i])];
  }
  return weights;
}

Dataset rows_of(const Tensor& x, const Tensor& y, const RowWeights& weights) {
  std::vector<Tensor> tensors = {x, y, weights.loss};
  if (weights.own.defined()) tensors.push_back(weights.own);
  return Dataset(std::move(tensors));
}

std::vector<Dataset> rows_of(const Tensor& x, const std::vector<Tensor>& lists, const Tensor& y,
                             const RowWeights& weights) {
  std::vector<Dataset> all;
  std::int64_t begin = 0;
  for (const Tensor& list : lists) {
    const auto of_list = [&](const Tensor& whole) {
      return whole.defined() ? Dataset({whole}).batch(list).input : Tensor();
    };
    const Tensor inputs = x.alias({list.elements(), x.size(1)}, begin * x.size(1));
    all.push_back(rows_of(inputs, of_list(y), {of_list(weights.loss), of_list(weights.own)}));
    begin += list.elements();
  }
  return all;
}

}  // namespace downhill::detail
