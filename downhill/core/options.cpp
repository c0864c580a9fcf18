#include "downhill/core/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "downhill/core/parentheses.h"

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

template <class T>
const T& as(const void* member) {
  return *static_cast<const T*>(member);
}

std::string read_numbers(std::string_view text, std::vector<double>& value) {
  std::vector<double> read;
  if (trim(text).empty()) {  // as an empty list is printed
    value.clear();
    return "";
  }
  for (const auto part : split_outside(text, ';')) {
    double x = 0;
    if (!read_option(part, x).empty()) return "numbers separated by ';'";
    read.push_back(x);
  }
  value = std::move(read);
  return "";
}

}  // namespace

std::string Range::text() const {
  return fmt::format("{}{}, {}{}", low_open ? '(' : '[', print_option(low), print_option(high),
                     high_open ? ')' : ']');
}

template <>
const OptionKind& option_kind<double>() {
  static constexpr OptionKind kind = {
      [](std::string_view text, void* member) -> std::string {
        double read = 0;
        if (!parse_whole(text, read) || std::isnan(read)) return "a number";
        *static_cast<double*>(member) = read;
        return "";
      },
      [](const void* member) { return fmt::format("{}", as<double>(member)); },
      [](const void* member, const Range& range) { return range.contains(as<double>(member)); }};
  return kind;
}

template <>
const OptionKind& option_kind<std::int64_t>() {
  static constexpr OptionKind kind = {
      [](std::string_view text, void* member) -> std::string {
        std::int64_t read = 0;
        if (!parse_whole(text, read)) return "a whole number";
        *static_cast<std::int64_t*>(member) = read;
        return "";
      },
      [](const void* member) { return fmt::format("{}", as<std::int64_t>(member)); },
      [](const void* member, const Range& range) {
        return range.contains(static_cast<double>(as<std::int64_t>(member)));
      }};
  return kind;
}

template <>
const OptionKind& option_kind<bool>() {
  static constexpr OptionKind kind = {
      [](std::string_view text, void* member) -> std::string {
        const bool yes = text == "true" || text == "1";
        if (!yes && text != "false" && text != "0") return "true or false";
        *static_cast<bool*>(member) = yes;
        return "";
      },
      [](const void* member) -> std::string { return as<bool>(member) ? "true" : "false"; },
      [](const void*, const Range&) { return true; }};
  return kind;
}

template <>
const OptionKind& option_kind<std::string>() {
  static constexpr OptionKind kind = {[](std::string_view text, void* member) -> std::string {
                                        *static_cast<std::string*>(member) = std::string(text);
                                        return "";
                                      },
                                      [](const void* member) { return as<std::string>(member); },
                                      [](const void*, const Range&) { return true; }};
  return kind;
}

template <>
const OptionKind& option_kind<std::vector<double>>() {
  static constexpr OptionKind kind = {
      [](std::string_view text, void* member) {
        return read_numbers(text, *static_cast<std::vector<double>*>(member));
      },
      [](const void* member) {
        std::string text;
        for (const double x : as<std::vector<double>>(member))
          text += (text.empty() ? "" : ";") + print_option(x);
        return text;
      },
      [](const void* member, const Range& range) {
        const auto& all = as<std::vector<double>>(member);
        return std::all_of(all.begin(), all.end(), [&](double x) { return range.contains(x); });
      }};
  return kind;
}

std::string print_option(double value) { return option_kind<double>().print(&value); }

std::string decimal(double value, int digits) {
  // Neither "-nan" nor "-0" is for people.
  return fmt::format("{:.{}g}", std::isnan(value) || value == 0 ? std::abs(value) : value, digits);
}

std::string read_word(std::string_view text, std::span<const char* const> words, int& index) {
  std::string expected;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (text == words[i]) {
      index = static_cast<int>(i);
      return "";
    }
    expected += fmt::format("{}{}", i == 0 ? "" : i + 1 < words.size() ? ", " : " or ", words[i]);
  }
  return expected;
}

std::vector<std::string_view> split_outside(std::string_view text, char separator) {
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

std::string_view without_parentheses(std::string_view text) {
  text = trim(text);
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') return text;
  int depth = 0;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
    if (depth == 0) return text;  // "(a) + (b)": the first closes before the end
  }
  return trim(text.substr(1, text.size() - 2));
}

Spec parse_spec(std::string_view text, std::string_view kind) {
  check_parentheses(text, kind);
  const std::size_t colon = text.find(':');
  Spec spec{std::string(trim(text.substr(0, colon))), {}};
  if (spec.name.empty())
    throw UsageError(
        fmt::format("{} '{}' has no name; expected name:option=value,...", kind, text));
  if (colon == std::string_view::npos) return spec;
  for (const auto part : split_outside(text.substr(colon + 1), ',')) {
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

void check_options(std::string_view method, Options options, const void* owner) {
  for (const Option& option : options)
    if (!option.valid(owner))
      throw_usage(method, fmt::format("{} = {} is outside {}", option.name, option.print(owner),
                                      option.range.text()));
}

void read_options(std::string_view method, Options options, void* owner, const Spec& spec) {
  for (const auto& [name, text] : spec.options) {
    const auto found = std::ranges::find(options, name, &Option::name);
    if (found == options.end()) {
      if (options.empty())
        throw_usage(method, fmt::format("has no options, but '{}' was given", name));
      std::vector<std::string> known;
      for (const Option& o : options) known.emplace_back(o.name);
      throw_unknown(std::string(method) + " option", name, known);
    }
    const std::string expected = found->kind().read(text, found->at(owner));
    if (!expected.empty())
      throw_usage(method, fmt::format("{} = '{}' is not {}", name, text, expected));
  }
  check_options(method, options, owner);
}

std::string spec_text(std::string_view method, Options options, const void* owner) {
  std::string result(method);
  char separator = ':';
  for (const Option& option : options) {
    result += separator + std::string(option.name) + "=" + option.print(owner);
    separator = ',';
  }
  return result;
}

}  // namespace downhill
