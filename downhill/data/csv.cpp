#include "downhill/data/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <set>

#include "downhill/data/detail/csv_number.h"
#include "downhill/data/detail/csv_records.h"
#include "downhill/io/utf8.h"

namespace downhill {
namespace {

using detail::CsvField;
using detail::NumberText;

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
      : records_(file, options.separator, {.told = options.header}, false) {
    table_.names = records_.names();
    labels_.resize(table_.names.size());
    may_be_text_.resize(table_.names.size());
    const std::set<std::string_view> only(options.only.begin(), options.only.end());
    for (const std::string& name : table_.names)
      left_alone_.push_back(!only.empty() && !only.contains(name));
    for (const auto& column : options.text_columns)
      may_be_text_[static_cast<std::size_t>(find_column(table_, column))] = true;
  }

  CsvTable read() {
    while (const auto field = records_.next()) {
      column_ = records_.column();
      store_.add(value(*field));
      table_.rows += field->last;
    }
    finish();
    return std::move(table_);
  }

 private:
  using Labels = std::map<std::string, double, std::less<>>;

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
      records_.refuse(
          field, fmt::format("the label {} is not UTF-8; expected text; save the file as UTF-8",
                             excerpt(text)));
    const auto index = static_cast<double>(labels.size());
    labels.emplace(std::string(text), index);
    return index;
  }

  [[noreturn]] void refuse_value(const CsvField& field, NumberText kind) const {
    const std::string what = explain(field, kind);
    records_.refuse(
        field, fmt::format("field {} ({}): {}", column_ + 1, excerpt(table_.names[column_]), what));
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
    if (records_.separator() != ',' && field.text.find(',') != std::string_view::npos &&
        detail::looks_like_value(field.text))
      return fmt::format("{} is not a number; expected a decimal point; replace the decimal commas",
                         text);
    if (table_.rows == 0)
      return fmt::format(
          "{} is text; expected a number; columns of text are only read as the "
          "target: encode it as numbers or remove the column",
          text);
    return fmt::format(
        "{} is not a number; expected one such as -1.5e3; correct it or remove the "
        "row",
        text);
  }

  void finish() {
    const auto columns = static_cast<std::int64_t>(table_.names.size());
    table_.numbers = store_.take({table_.rows, columns});
    for (std::size_t column = 0; column < labels_.size(); ++column) {
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
    table_.separator = records_.separator();
    table_.header = records_.header();
    table_.description = records_.describe(table_.rows);
    if (const std::string note = records_.preamble_note(); !note.empty())
      table_.description += "; " + note;
    if (table_.underflows > 0)
      table_.description += fmt::format(", {} too small for a double read as 0", table_.underflows);
  }

  detail::CsvRecords records_;
  CsvTable table_;
  NumberStore store_;
  std::vector<Labels> labels_;
  std::vector<bool> may_be_text_, left_alone_;
  std::size_t column_ = 0;
};

}  // namespace

CsvTable read_csv(const std::filesystem::path& path, const CsvOptions& options) {
  detail::check_separator("read_csv", options.separator);
  const InputFile file(path, FileError::Kind::data);
  detail::refuse_binary(file);
  return Reader(file, options).read();
}

}  // namespace downhill
