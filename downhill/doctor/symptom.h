#pragma once
#include <algorithm>
#include <concepts>
#include <optional>
#include <string>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/doctor/examination.h"
#include "downhill/runlog/verdict.h"

namespace downhill {

/// One thing that can be wrong with a run: what the list of symptoms holds. Each symptom is a header
/// of its own with a plain struct: `name`, `rule` (one or two sentences), `source`, its thresholds as
/// options, `needs` (the column that would tell, or nullptr if the log has it) and `examine`, which
/// returns the finding if the symptom fired.
struct Symptom {
  std::string name;
  std::string rule;
  std::string source;
};

namespace detail {
/// Whether an option is a number: thresholds are recorded with the verdict.
constexpr bool is_threshold(const Option& option) {
  const OptionKind& (*number)() = option_kind<double>;
  const OptionKind& (*count)() = option_kind<std::int64_t>;
  return option.kind == number || option.kind == count;
}

/// True; does not compile where something of a symptom is missing.
template <class S>
constexpr bool is_symptom() {
  static_assert(
      requires {
        std::string(S::name);
        std::string(S::rule);
        std::string(S::source);
      },
      "a symptom has `static constexpr const char*` name, rule and source");
  static_assert(
      requires(const Examination& run) {
        { S::needs(run) } -> std::convertible_to<const char*>;
      },
      "a symptom has `static const char* needs(const Examination&)`: the column that would "
      "tell, or nullptr where the log has it");
  static_assert(
      requires(const S& symptom, const Examination& run) {
        { symptom.examine(run) } -> std::same_as<std::optional<Finding>>;
      },
      "a symptom has `std::optional<Finding> examine(const Examination&) const`");
  constexpr bool has_options = requires { S::options(); };
  static_assert(has_options, "a symptom has its thresholds as options(), or no_options()");
  if constexpr (has_options) {
    constexpr auto options = S::options();
    static_assert(std::ranges::all_of(options, is_threshold),
                  "the options of a symptom are numbers, double or std::int64_t");
  }
  return true;
}
}  // namespace detail

/// All symptoms (list.h) in the order of precedence: the first that fires is the verdict.
const std::vector<Symptom>& symptoms();

}  // namespace downhill
