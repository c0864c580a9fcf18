#include "downhill/core/options.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace downhill {
namespace {

template <class T>
bool parse_whole(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Cuts at `separator` outside of parentheses.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == separator && depth == 0)) {
      parts.push_back(trim(text.substr(begin, i - begin)));
      begin = i + 1;
    } else if (text[i] == '(') {
      ++depth;
    } else if (text[i] == ')') {
      --depth;
    }
  }
  return parts;
}

}  // namespace

std::string Range::text() const {
  return fmt::format("{}{}, {}{}", low_open ? '(' : '[', print_option(low), print_option(high),
                     high_open ? ')' : ']');
}

std::string read_option(std::string_view text, double& value) {
  double read = 0;
  if (!parse_whole(text, read) || std::isnan(read)) return "a number";
  value = read;
  return "";
}

std::string read_option(std::string_view text, std::int64_t& value) {
  std::int64_t read = 0;
  if (!parse_whole(text, read)) return "a whole number";
  value = read;
  return "";
}

std::string read_option(std::string_view text, bool& value) {
  if (text == "true" || text == "1") {
    value = true;
  } else if (text == "false" || text == "0") {
    value = false;
  } else {
    return "true or false";
  }
  return "";
}

std::string read_option(std::string_view text, std::string& value) {
  value = std::string(text);
  return "";
}

std::string read_option(std::string_view text, std::vector<double>& value) {
  std::vector<double> read;
  for (const auto part : split(text, ';')) {
    double x = 0;
    if (!read_option(part, x).empty()) return "numbers separated by ';'";
    read.push_back(x);
  }
  value = std::move(read);
  return "";
}

std::string print_option(double value) { return fmt::format("{}", value); }
std::string decimal(double value, int digits) {
  return fmt::format("{:.{}g}", std::isnan(value) ? std::abs(value) : value, digits);
}
std::string print_option(std::int64_t value) { return fmt::format("{}", value); }
std::string print_option(bool value) { return value ? "true" : "false"; }
std::string print_option(const std::string& value) { return value; }
std::string print_option(const std::vector<double>& value) {
  std::string text;
  for (const double x : value) text += (text.empty() ? "" : ";") + print_option(x);
  return text;
}

bool option_in_range(double value, const Range& range) { return range.contains(value); }
bool option_in_range(std::int64_t value, const Range& range) {
  return range.contains(static_cast<double>(value));
}
bool option_in_range(const std::vector<double>& value, const Range& range) {
  for (const double x : value)
    if (!range.contains(x)) return false;
  return true;
}

Spec parse_spec(std::string_view text, std::string_view kind) {
  const std::size_t colon = text.find(':');
  Spec spec{std::string(trim(text.substr(0, colon))), {}};
  if (spec.name.empty())
    throw UsageError(
        fmt::format("{} '{}' has no name; expected name:option=value,...", kind, text));
  if (colon == std::string_view::npos) return spec;
  for (const auto part : split(text.substr(colon + 1), ',')) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0)
      throw UsageError(fmt::format("{} '{}': '{}' is not option=value", kind, text, part));
    std::string name(trim(part.substr(0, equals)));
    for (const auto& [known, value] : spec.options)
      if (known == name)
        throw UsageError(fmt::format("{} '{}': option '{}' is given twice", kind, text, name));
    spec.options.emplace_back(std::move(name), trim(part.substr(equals + 1)));
  }
  return spec;
}

namespace detail {

void throw_option_range(std::string_view method, std::string_view option, const std::string& value,
                        const Range& range) {
  throw UsageError(fmt::format("[{}] {} = {} is outside {}", method, option, value, range.text()));
}

void throw_option_text(std::string_view method, std::string_view option, std::string_view text,
                       const std::string& expected) {
  throw UsageError(fmt::format("[{}] {} = '{}' is not {}", method, option, text, expected));
}

}  // namespace detail
}  // namespace downhill
