#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "downhill/core/error.h"

namespace downhill {

/// An interval of allowed values; NaN is never inside.
struct Range {
  double low, high;
  bool low_open = false, high_open = false;

  bool contains(double value) const {
    return (low_open ? value > low : value >= low) && (high_open ? value < high : value <= high);
  }
  std::string text() const;  ///< "(0, inf)", "[0, 1)", ...
};

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr Range kFinite{-kInfinity, kInfinity, true, true};
inline constexpr Range kPositive{0, kInfinity, true, true};
inline constexpr Range kNonNegative{0, kInfinity, false, true};
inline constexpr Range kFraction{0, 1, false, true};  ///< [0, 1)
inline constexpr Range kUnit{0, 1};                   ///< [0, 1]
inline constexpr Range kCount{1, kInfinity, false, true};

// How a member of an options struct is read from text, printed, and range-checked. Other types
// (a hyperparameter, say) add overloads beside themselves; they are found by argument.
// `read` returns "" or what was expected.
std::string read_option(std::string_view text, double& value);
std::string read_option(std::string_view text, std::int64_t& value);
std::string read_option(std::string_view text, bool& value);
std::string read_option(std::string_view text, std::string& value);
std::string read_option(std::string_view text, std::vector<double>& value);  ///< "1;2;0.5"
std::string print_option(double value);  ///< shortest text that reads back exactly
/// The value rounded to so many digits, for people; a NaN shows no sign.
std::string decimal(double value, int digits);
std::string print_option(std::int64_t value);
std::string print_option(bool value);
std::string print_option(const std::string& value);
std::string print_option(const std::vector<double>& value);
bool option_in_range(double value, const Range& range);
bool option_in_range(std::int64_t value, const Range& range);
bool option_in_range(const std::vector<double>& value, const Range& range);
template <class T>
bool option_in_range(const T&, const Range&) {
  return true;
}

/// One option of a method: the only place where its name, range and meaning stand. Its default is
/// the member's initializer.
template <class Owner>
struct Option {
  template <class Member>
  Option(const char* option_name, Member Owner::*member, Range allowed, const char* meaning)
      : name(option_name),
        range(allowed),
        doc(meaning),
        read([member](Owner& o, std::string_view text) { return read_option(text, o.*member); }),
        print([member](const Owner& o) { return print_option(o.*member); }),
        valid([member, allowed](const Owner& o) { return option_in_range(o.*member, allowed); }) {}

  std::string name;
  Range range;
  std::string doc;
  std::function<std::string(Owner&, std::string_view)> read;
  std::function<std::string(const Owner&)> print;
  std::function<bool(const Owner&)> valid;
};

/// "name:option=value,option=value", taken apart. Commas inside parentheses belong to the value.
struct Spec {
  std::string name;
  std::vector<std::pair<std::string, std::string>> options;
};
Spec parse_spec(std::string_view text, std::string_view kind);

namespace detail {
[[noreturn]] void throw_option_range(std::string_view method, std::string_view option,
                                     const std::string& value, const Range& range);
[[noreturn]] void throw_option_text(std::string_view method, std::string_view option,
                                    std::string_view text, const std::string& expected);
}  // namespace detail

/// Throws UsageError naming the first option that is out of its range.
template <class T>
void check_options(std::string_view method, const T& options) {
  for (const auto& option : T::options()) {
    if (!option.valid(options))
      detail::throw_option_range(method, option.name, option.print(options), option.range);
  }
}

/// The option called `name`, or UsageError with the known ones.
template <class T>
Option<T> find_option(std::string_view method, std::string_view name) {
  std::vector<std::string> known;
  for (auto& option : T::options()) {
    if (option.name == name) return option;
    known.push_back(option.name);
  }
  if (known.empty())
    throw_usage(method, "has no options, but '" + std::string(name) + "' was given");
  throw_unknown(std::string(method) + " option", name, known);
}

/// Sets options from a spec; unknown names get the nearest known one.
template <class T>
void read_options(std::string_view method, T& options, const Spec& spec) {
  for (const auto& [name, text] : spec.options) {
    const std::string expected = find_option<T>(method, name).read(options, text);
    if (!expected.empty()) detail::throw_option_text(method, name, text, expected);
  }
  check_options(method, options);
}

}  // namespace downhill
