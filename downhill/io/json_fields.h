#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/io/json_reader.h"
#include "downhill/io/utf8.h"

namespace downhill {

/// Fills a record from a JSON object, field by field, and refuses what was not asked for:
/// `visit_fields(fields, record)` names each field with `needed` or `optional`. Errors are
/// JsonError with the place of the value.
class JsonFields {
 public:
  static constexpr std::uint64_t kLargestCount = std::uint64_t{1} << 53;

  /// `where` is what the object is called in messages: "the step record".
  JsonFields(JsonView object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object.is(JsonKind::object)) wrong(where_, object, "an object");
  }

  template <class T>
  void needed(const char* name, T& field) {
    if (!read(name, field))
      throw JsonError(object_.byte(), fmt::format("{} has no field '{}'", where_, name));
  }
  template <class T>
  void optional(const char* name, T& field) {
    read(name, field);
  }
  /// A reader wants every field; a writer leaves empty lists out where it is asked.
  bool wants(const auto&) const { return true; }
  /// Refuses fields that no one asked for.
  void finish() const {
    object_.members([&](JsonView key, JsonView) {
      const std::string name(key.text());
      if (std::find(known_.begin(), known_.end(), name) != known_.end()) return;
      const std::string near = nearest(name, known_);
      throw JsonError(key.byte(),
                      fmt::format("{} has an unknown field {}{}", where_, excerpt(name, 80),
                                  near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
    });
  }

 private:
  [[noreturn]] static void wrong(const std::string& name, JsonView value,
                                 const std::string& expected) {
    throw JsonError(value.byte(), fmt::format("{} is {}; {} was expected", excerpt(name, 80),
                                              value.kind_name(), expected));
  }

  template <class T>
  bool read(const char* name, T& field) {
    known_.emplace_back(name);
    const auto found = object_.find(name);
    if (!found) return false;
    assign(name, *found, field);
    return true;
  }

  static void assign(const std::string& name, JsonView value, std::int64_t& field) {
    if (!value.is(JsonKind::whole) || value.whole() > kLargestCount)
      wrong(name, value, "a whole number from 0 to 2^53");
    field = static_cast<std::int64_t>(value.whole());
  }
  static void assign(const std::string& name, JsonView value, double& field) {
    using Limits = std::numeric_limits<double>;
    const std::string_view word = value.is(JsonKind::text) ? value.text() : "";
    if (value.is_number()) field = value.number();
    else if (word == "nan") field = Limits::quiet_NaN();
    else if (word == "inf") field = Limits::infinity();
    else if (word == "-inf") field = -Limits::infinity();
    else wrong(name, value, "a number, or \"nan\", \"inf\" or \"-inf\",");
  }
  static void assign(const std::string& name, JsonView value, bool& field) {
    if (!value.is(JsonKind::boolean)) wrong(name, value, "true or false");
    field = value.truth();
  }
  static void assign(const std::string& name, JsonView value, std::string& field) {
    if (!value.is(JsonKind::text)) wrong(name, value, "text");
    field = value.text();
  }
  /// One of the words of the enum, or what `current_word(E, text)` says is one today.
  template <class E>
  requires std::is_enum_v<E>
  static void assign(const std::string& name, JsonView value, E& field) {
    if (!value.is(JsonKind::text)) wrong(name, value, "text");
    std::string_view word = value.text();
    if constexpr (requires { current_word(field, word); }) word = current_word(field, word);
    const std::string expected = option_kind<E>().read(word, &field);
    if (!expected.empty())
      throw JsonError(value.byte(), fmt::format("{} is {}; {} was expected", excerpt(name, 80),
                                                excerpt(value.text(), 80), expected));
  }
  template <class T>
  static void assign(const std::string& name, JsonView value, std::optional<T>& field) {
    assign(name, value, field.emplace());
  }
  template <class T>
  static void assign(const std::string& name, JsonView value,
                     std::vector<std::pair<std::string, T>>& field) {
    if (!value.is(JsonKind::object)) wrong(name, value, "an object");
    field.clear();
    value.members([&](JsonView key, JsonView item) {
      const std::string item_name(key.text());
      assign(item_name, item, field.emplace_back(item_name, T{}).second);
    });
  }
  template <class T>
  static void assign(const std::string& name, JsonView value, std::vector<T>& field) {
    if (!value.is(JsonKind::list)) wrong(name, value, "a list");
    field.clear();
    value.items([&](JsonView item) { assign(name, item, field.emplace_back()); });
  }
  template <class Record>
  requires requires(JsonFields& v, Record& r) { visit_fields(v, r); }
  static void assign(const std::string& name, JsonView value, Record& field) {
    JsonFields fields(value, name);
    visit_fields(fields, field);
    fields.finish();
  }

  JsonView object_;
  std::string where_;
  std::vector<std::string> known_;
};

}  // namespace downhill
