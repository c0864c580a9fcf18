#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "downhill/core/error.h"

namespace downhill {

/// An interval of allowed values; NaN is never inside.
struct Range {
  double low, high;
  bool low_open = false, high_open = false;

  constexpr bool contains(double value) const {
    return (low_open ? value > low : value >= low) && (high_open ? value < high : value <= high);
  }
  constexpr bool operator==(const Range&) const = default;
  std::string text() const;  ///< "(0, inf)", "[0, 1)", ...
};

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr Range kFinite{-kInfinity, kInfinity, true, true};
inline constexpr Range kPositive{0, kInfinity, true, true};
inline constexpr Range kNonNegative{0, kInfinity, false, true};
inline constexpr Range kFraction{0, 1, false, true};  ///< [0, 1)
inline constexpr Range kUnit{0, 1};                   ///< [0, 1]
/// Of targets: the signs -1 and 1 of two classes, or weights between them; 0 is of neither.
inline constexpr Range kSigns{-1, 1};
inline constexpr Range kCount{1, kInfinity, false, true};

/// How members of one type are read from text, printed and range-checked. `read` returns "" or
/// what was expected.
struct OptionKind {
  std::string (*read)(std::string_view text, void* member);
  std::string (*print)(const void* member);
  bool (*valid)(const void* member, const Range& range);
};

/// The kind of a type: specialised for numbers, texts and lists in options.cpp; a type of ours (a
/// hyperparameter, a loss) declares its own beside itself. An enum needs only its words, found by
/// argument: `constexpr std::array<const char*, n> words_of(E)`, in the order of its values.
template <class T>
requires(!std::is_enum_v<T>) const OptionKind& option_kind();
template <>
const OptionKind& option_kind<double>();
template <>
const OptionKind& option_kind<std::int64_t>();
template <>
const OptionKind& option_kind<bool>();
template <>
const OptionKind& option_kind<std::string>();
template <>
const OptionKind& option_kind<std::vector<double>>();  // "1;2;0.5"

/// The word of an enum's value.
template <class E>
requires std::is_enum_v<E>
constexpr const char* text_of(E value) { return words_of(E{})[static_cast<std::size_t>(value)]; }

/// "" and the word's place, or the words that were expected.
std::string read_word(std::string_view text, std::span<const char* const> words, int& index);

template <class E>
requires std::is_enum_v<E>
const OptionKind& option_kind() {
  static constexpr OptionKind kind = {
      [](std::string_view text, void* member) {
        int index = 0;
        static constexpr auto words = words_of(E{});
        std::string expected = read_word(text, words, index);
        if (expected.empty()) *static_cast<E*>(member) = static_cast<E>(index);
        return expected;
      },
      [](const void* member) { return std::string(text_of(*static_cast<const E*>(member))); },
      [](const void*, const Range&) { return true; }};
  return kind;
}

/// The name, range and meaning of an option that several methods share.
struct Words {
  const char* name;
  Range range;
  const char* doc;
};

/// The name of a method that the library itself holds, compiled for every processor level: a
/// program finds it there by this name, so that a method added later moves no other. A method of
/// one's own has a `const char*` name and is compiled with the program.
///
///     static constexpr BuiltIn name = "huber";
struct BuiltIn : std::string_view {
  constexpr BuiltIn(const char* text) : std::string_view(text) {}
};
template <class M>
concept IsBuiltIn = requires {
  requires std::is_same_v<decltype(M::name), const BuiltIn>;
};

/// One option of a method: the only place where its name, range and meaning stand. Its default is
/// the member's initializer. Light, so that a list of 150 methods costs its includers nothing:
///
///     static constexpr auto options() {
///       return std::array{option<&Huber::delta>("delta", kPositive, "where it turns linear")};
///     }
struct Option {
  const char* name;
  Range range;
  const char* doc;
  const OptionKind& (*kind)();
  void* (*at)(void* owner);  ///< the member

  std::string print(const void* owner) const { return kind().print(at(const_cast<void*>(owner))); }
  bool valid(const void* owner) const { return kind().valid(at(const_cast<void*>(owner)), range); }
};
using Options = std::span<const Option>;

namespace detail {
template <class Pointer>
struct MemberOf;
template <class O, class T>
struct MemberOf<T O::*> {
  using Owner = O;
  using Type = T;
};
}  // namespace detail

template <auto Member>
constexpr Option option(const char* name, Range range, const char* doc) {
  using Of = detail::MemberOf<decltype(Member)>;
  static_assert(
      !std::is_same_v<typename Of::Type, float> && !std::is_same_v<typename Of::Type, int>,
      "options are double, std::int64_t, bool, an enum, text, or what has an option_kind");
  return {name, range, doc, option_kind<typename Of::Type>,
          [](void* owner) -> void* { return &(static_cast<typename Of::Owner*>(owner)->*Member); }};
}
/// An option without a range: a switch, a word, a text.
template <auto Member>
constexpr Option option(const char* name, const char* doc) {
  return option<Member>(name, kFinite, doc);
}
template <auto Member>
constexpr Option option(const Words& words) {
  return option<Member>(words.name, words.range, words.doc);
}
/// For a method that has none.
constexpr std::array<Option, 0> no_options() { return {}; }

/// "name:option=value,option=value", taken apart. Commas inside parentheses belong to the value.
struct Spec {
  std::string name;
  std::vector<std::pair<std::string, std::string>> options;
};
Spec parse_spec(std::string_view text, std::string_view kind);
/// `text` cut at `separator` outside of parentheses, each piece trimmed of blanks.
std::vector<std::string_view> split_outside(std::string_view text, char separator);
/// Without one pair of parentheses around the whole.
std::string_view without_parentheses(std::string_view text);

/// Throws UsageError naming the first option that is out of its range.
void check_options(std::string_view method, Options options, const void* owner);
/// Sets options from a spec; unknown names get the nearest known one.
void read_options(std::string_view method, Options options, void* owner, const Spec& spec);
/// "name:option=value,...": reads back exactly.
std::string spec_text(std::string_view method, Options options, const void* owner);

template <class T>
void check_options(std::string_view method, const T& owner) {
  const auto options = T::options();
  check_options(method, Options(options), &owner);
}
template <class T>
void read_options(std::string_view method, T& owner, const Spec& spec) {
  const auto options = T::options();
  read_options(method, Options(options), &owner, spec);
}
template <class T>
std::string spec_text(std::string_view method, const T& owner) {
  const auto options = T::options();
  return spec_text(method, Options(options), &owner);
}

template <class T>
std::string read_option(std::string_view text, T& value) {
  return option_kind<T>().read(text, &value);
}
template <class T>
std::string print_option(const T& value) {
  return option_kind<T>().print(&value);
}
std::string print_option(double value);  ///< shortest text that reads back exactly
/// The value rounded to so many digits, for people; a NaN shows no sign.
std::string decimal(double value, int digits);

}  // namespace downhill
