#include "downhill/data/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <numeric>
#include <set>

#include "downhill/data/detail/csv_number.h"
#include "downhill/data/detail/csv_scanner.h"
#include "downhill/io/utf8.h"

namespace downhill {
namespace {

using detail::CsvField;
using detail::NumberText;

constexpr std::size_t kMostColumns = 10'000'000;

// A field that is kept until it is known whether its record is the header.
struct Cell {
  std::string text;
  std::int64_t line, column;
};

// Numbers in pieces, so that a growing table is never copied as a whole.
class NumberStore {
 public:
  void add(double value) {
    if (pieces_.empty() || pieces_.back().size() == kPiece) pieces_.emplace_back().reserve(kPiece);
    pieces_.back().push_back(value);
  }
  Tensor take(const Shape& shape) {
    Tensor result = Tensor::empty(shape, Type::f64);
    double* to = result.data<double>();
    for (; !pieces_.empty(); pieces_.pop_front())
      to = std::copy(pieces_.front().begin(), pieces_.front().end(), to);
    return result;
  }

 private:
  static constexpr std::size_t kPiece = std::size_t{1} << 17;
  std::deque<std::vector<double>> pieces_;
};

class Reader {
 public:
  Reader(const InputFile& file, const CsvOptions& options)
      : options_(options),
        separator_(options.separator != '\0' ? options.separator : detail::detect_separator(file)),
        scanner_(file, separator_) {}

  CsvTable read() {
    const std::vector<Cell> first = record(), second = record();
    if (first.empty())
      scanner_.refuse(1, 1, "the file is empty; expected a table of numbers; check the name");
    table_.header = options_.header.value_or(looks_like_header(first, second));
    set_names(first);
    if (!table_.header) add_record(first);
    if (!second.empty()) add_record(second);
    while (const auto field = scanner_.next()) add(*field);
    if (table_.rows == 0)
      scanner_.refuse(first[0].line, 1, "there is no row below the header; expected at least one");
    finish();
    return std::move(table_);
  }

 private:
  using Labels = std::map<std::string, double, std::less<>>;

  // The next record that is no empty line; empty at the end of the file.
  std::vector<Cell> record() {
    std::vector<Cell> cells;
    while (const auto field = scanner_.next()) {
      if (field->blank) {
        blank(*field);
        continue;
      }
      cells.push_back({std::string(field->text), field->line, field->column});
      if (cells.size() > kMostColumns)
        scanner_.refuse(
            field->line, field->column,
            fmt::format("more than {} columns; expected fewer; does the line end?", kMostColumns));
      if (field->last) break;
    }
    return cells;
  }

  // Names are text above numbers. Text above text says nothing unless all of it is text: a table
  // without header may hold labels.
  static bool looks_like_header(const std::vector<Cell>& first, const std::vector<Cell>& second) {
    bool all_text = true, text_above_number = false, any_text = false;
    for (std::size_t i = 0; i < first.size(); ++i) {
      double ignored = 0;
      const bool text = detail::read_number(first[i].text, ignored) == NumberText::text;
      const bool text_below =
          i < second.size() && detail::read_number(second[i].text, ignored) == NumberText::text;
      all_text &= text;
      any_text |= text;
      text_above_number |= text && !text_below;
    }
    return second.empty() ? any_text : all_text || text_above_number;
  }

  void set_names(const std::vector<Cell>& first) {
    for (std::size_t i = 0; i < first.size(); ++i)
      table_.names.push_back(table_.header ? std::string(detail::trimmed(first[i].text))
                                           : fmt::format("column_{}", i + 1));
    if (table_.header) check_names(first);
    labels_.resize(first.size());
    may_be_text_.resize(first.size());
    const std::set<std::string_view> only(options_.only.begin(), options_.only.end());
    for (const std::string& name : table_.names)
      left_alone_.push_back(!only.empty() && !only.contains(name));
    for (const auto& column : options_.text_columns)
      may_be_text_[static_cast<std::size_t>(find_column(table_, column))] = true;
    columns_ = first.size();
    first_line_ = first[0].line;
  }

  void check_names(const std::vector<Cell>& cells) const {
    const auto& names = table_.names;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (names[i].empty())
        refuse(cells[i], fmt::format("the name of column {} is empty; expected a name in every "
                                     "column of the header",
                                     i + 1));
      const bool control = std::any_of(names[i].begin(), names[i].end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
      });
      if (control || invalid_utf8(names[i]))
        refuse(cells[i], fmt::format("the name {} is not UTF-8 text of one line; expected a plain "
                                     "name; save the file as UTF-8",
                                     excerpt(names[i])));
    }
    std::vector<std::size_t> order(names.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return names[a] < names[b]; });
    for (std::size_t i = 1; i < order.size(); ++i)
      if (names[order[i]] == names[order[i - 1]])
        refuse(cells[order[i]], fmt::format("the name {} is also that of column {}; expected each "
                                            "name once; rename one",
                                            excerpt(names[order[i]]), order[i - 1] + 1));
  }

  [[noreturn]] void refuse(const Cell& cell, std::string_view message) const {
    scanner_.refuse(cell.line, cell.column, message);
  }

  void add_record(const std::vector<Cell>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i)
      add({cells[i].text, i + 1 == cells.size(), false, cells[i].line, cells[i].column});
  }

  void blank(const CsvField& field) { blank_line_ = field.line; }

  void add(const CsvField& field) {
    if (field.blank) return blank(field);
    if (columns_ == 1 && blank_line_ > first_line_ && field.line > blank_line_)
      scanner_.refuse(blank_line_, 1,
                      "an empty line in a table of one column is a missing value; "
                      "expected a number; fill it in or remove the line");
    if (column_ == columns_)
      scanner_.refuse(field.line, field.column,
                      fmt::format("field {} is one too many; expected {} fields as in line {}; is "
                                  "there a separator at the end of the line, or a comma in a "
                                  "number?",
                                  column_ + 1, columns_, first_line_));
    store_.add(value(field));
    ++column_;
    if (!field.last) return;
    if (column_ < columns_)
      scanner_.refuse(field.line, field.column,
                      fmt::format("the row ends after field {}; expected {} fields as in line {}; "
                                  "complete or remove the row",
                                  column_, columns_, first_line_));
    column_ = 0;
    ++table_.rows;
  }

  double value(const CsvField& field) {
    if (left_alone_[column_]) return std::numeric_limits<double>::quiet_NaN();
    double number = 0;
    const NumberText kind = detail::read_number(field.text, number);
    auto& labels = labels_[column_];
    const bool begins_with_text =
        table_.rows == 0 && may_be_text_[column_] && kind == NumberText::text;
    const bool is_label = kind != NumberText::missing && (begins_with_text || !labels.empty());
    if (is_label) return label(labels, field);
    if (kind == NumberText::underflow) ++table_.underflows;
    if (kind != NumberText::number && kind != NumberText::underflow) refuse_value(field, kind);
    return number;
  }

  // Labels are counted as they come; `finish` puts them in order.
  double label(Labels& labels, const CsvField& field) const {
    const std::string_view text = detail::trimmed(field.text);
    if (const auto found = labels.find(text); found != labels.end()) return found->second;
    if (invalid_utf8(text))
      scanner_.refuse(
          field.line, field.column,
          fmt::format("the label {} is not UTF-8; expected text; save the file as UTF-8",
                      excerpt(text)));
    const auto index = static_cast<double>(labels.size());
    labels.emplace(std::string(text), index);
    return index;
  }

  [[noreturn]] void refuse_value(const CsvField& field, NumberText kind) const {
    const std::string what = explain(field, kind);
    scanner_.refuse(
        field.line, field.column,
        fmt::format("field {} ({}): {}", column_ + 1, excerpt(table_.names[column_]), what));
  }

  std::string explain(const CsvField& field, NumberText kind) const {
    const std::string text = excerpt(field.text);
    if (kind == NumberText::missing)
      return fmt::format(
          "the value is missing ({}); expected a number; fill it in or remove the "
          "row",
          text);
    if (kind == NumberText::infinite)
      return fmt::format("{} is not finite; expected a finite number; replace it or remove the row",
                         text);
    if (kind == NumberText::overflow)
      return fmt::format("{} is too large; expected a magnitude below 1.8e308; rescale the column",
                         text);
    if (table_.rows == 0)
      return fmt::format(
          "{} is text; expected a number; columns of text are only read as the "
          "target: encode it as numbers or remove the column",
          text);
    if (separator_ != ',' && field.text.find(',') != std::string_view::npos)
      return fmt::format("{} is not a number; expected a decimal point; replace the decimal commas",
                         text);
    return fmt::format(
        "{} is not a number; expected one such as -1.5e3; correct it or remove the "
        "row",
        text);
  }

  void finish() {
    const auto columns = static_cast<std::int64_t>(columns_);
    table_.numbers = store_.take({table_.rows, columns});
    for (std::size_t column = 0; column < columns_; ++column) {
      if (labels_[column].empty()) continue;
      auto& classes = table_.classes[static_cast<int>(column)];
      std::vector<double> place(labels_[column].size());
      for (const auto& [name, index] : labels_[column]) {
        place[static_cast<std::size_t>(index)] = static_cast<double>(classes.size());
        classes.push_back(name);
      }
      double* numbers = table_.numbers.data<double>() + column;
      for (std::int64_t row = 0; row < table_.rows; ++row) {
        double& number = numbers[row * columns];
        number = place[static_cast<std::size_t>(number)];
      }
    }
    table_.separator = separator_;
    table_.description =
        fmt::format("{} rows, {} columns, separator {}, header: {}", table_.rows, columns_,
                    columns_ == 1        ? "none"
                    : separator_ == '\t' ? "tab"
                                         : fmt::format("'{}'", separator_),
                    table_.header ? "yes" : "no");
    if (table_.underflows > 0)
      table_.description += fmt::format(", {} too small for a double read as 0", table_.underflows);
  }

  const CsvOptions& options_;
  char separator_;
  detail::CsvScanner scanner_;
  CsvTable table_;
  NumberStore store_;
  std::vector<Labels> labels_;
  std::vector<bool> may_be_text_, left_alone_;
  std::size_t columns_ = 0, column_ = 0;
  std::int64_t first_line_ = 1, blank_line_ = 0;
};

}  // namespace

CsvTable read_csv(const std::filesystem::path& path, const CsvOptions& options) {
  const char c = options.separator;
  if (c == '"' || c == '\n' || c == '\r' || c == '.' || (c >= '0' && c <= '9'))
    throw_usage("read_csv", fmt::format("the separator is {}; expected ',', ';' or a tab",
                                        excerpt(std::string_view(&c, 1))));
  const InputFile file(path, FileError::Kind::data);
  detail::refuse_binary(file);
  return Reader(file, options).read();
}

}  // namespace downhill
