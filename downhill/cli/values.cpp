#include "downhill/cli/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "downhill/cli/json_numbers.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"
#include "downhill/data/csv.h"
#include "downhill/io/npy.h"
#include "downhill/io/utf8.h"

namespace downhill::cli {
namespace {

bool ends_with(std::string_view text, std::string_view lower_ending) {
  if (text.size() < lower_ending.size()) return false;
  return std::ranges::equal(
      text.substr(text.size() - lower_ending.size()), lower_ending,
      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

Tensor read_table(const std::string& option, const std::string& path, bool quiet) {
  const CsvTable table = read_csv(path);
  if (!quiet) note(fmt::format("{} {}: {}\n", option, path, table.description));
  return table.names.size() == 1 ? table.numbers.reshape({table.rows}) : table.numbers;
}

bool looks_like_numbers(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != text.npos && std::string_view("[{\"-0123456789").find(text[first]) != text.npos;
}

}  // namespace

Tensor read_values(const std::string& option, const std::string& text, bool quiet) {
  if (ends_with(text, ".npy")) {
    const Tensor values = read_npy(text);
    return values.type() == Type::i64 ? values : values.to(Type::f64);
  }
  if (ends_with(text, ".csv")) return read_table(option, text, quiet);
  if (!looks_like_numbers(text))
    throw_value(option, fmt::format("{} is neither a .npy file, nor a .csv file, nor numbers such "
                                    "as '[[1, 2], [3, 4]]'",
                                    excerpt(text)));
  try {
    return parse_json_numbers(text);
  } catch (const DataError& error) {
    throw_value(option, fmt::format("{}: {}", excerpt(text), error.what()));
  }
}

bool is_whole(double value) { return std::abs(value) <= 0x1p53 && value == std::trunc(value); }

Tensor whole_numbers(const Tensor& values) {
  if (values.type() == Type::i64) return values;
  std::vector<std::int64_t> whole;
  for (const double value : values.values<double>()) {
    if (!is_whole(value)) return {};
    whole.push_back(static_cast<std::int64_t>(value));
  }
  return Tensor::from(whole, values.shape());
}

}  // namespace downhill::cli
