#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/runlog/detail/fields.h"

namespace downhill::runlog_detail {

using Json = nlohmann::ordered_json;

inline constexpr double kLargestCount = 9007199254740992.0;  // 2^53

/// What is wrong with a line, without its place.
struct LineError {
  std::string message;
};

/// Fills a record from a JSON object and remembers which fields were asked for.
class JsonFields {
 public:
  JsonFields(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object.is_object()) wrong(where_, object, "an object");
  }

  template <class T>
  void needed(const char* name, T& field) {
    if (!read(name, field)) throw LineError{fmt::format("{} has no field '{}'", where_, name)};
  }
  template <class T>
  void optional(const char* name, T& field) {
    read(name, field);
  }
  /// Refuses fields that no one asked for.
  void finish() const {
    for (const auto& [name, value] : object_.items()) {
      if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
      const std::string near = nearest(name, known_);
      throw LineError{fmt::format("{} has an unknown field '{}'{}", where_, name.substr(0, 80),
                                  near.empty() ? "" : fmt::format("; did you mean '{}'?", near))};
    }
  }

 private:
  [[noreturn]] static void wrong(const std::string& name, const Json& value,
                                 const std::string& expected) {
    throw LineError{fmt::format("'{}' is a JSON {}; {} was expected", name.substr(0, 80),
                                value.type_name(), expected)};
  }

  template <class T>
  bool read(const char* name, T& field) {
    known_.emplace_back(name);
    const auto found = object_.find(name);
    if (found == object_.end()) return false;
    assign(name, *found, field);
    return true;
  }

  static void assign(const std::string& name, const Json& value, std::int64_t& field) {
    const bool whole = value.is_number_integer() && value.get<double>() >= 0 &&
                       value.get<double>() <= kLargestCount &&
                       value.get<std::int64_t>() <= static_cast<std::int64_t>(kLargestCount);
    if (!whole) wrong(name, value, "a whole number from 0 to 2^53");
    field = value.get<std::int64_t>();
  }
  static void assign(const std::string& name, const Json& value, double& field) {
    using Limits = std::numeric_limits<double>;
    if (value.is_number()) {
      field = value.get<double>();
    } else if (value == "nan") {
      field = Limits::quiet_NaN();
    } else if (value == "inf") {
      field = Limits::infinity();
    } else if (value == "-inf") {
      field = -Limits::infinity();
    } else {
      wrong(name, value, "a number, or \"nan\", \"inf\" or \"-inf\",");
    }
  }
  static void assign(const std::string& name, const Json& value, bool& field) {
    if (!value.is_boolean()) wrong(name, value, "true or false");
    field = value.get<bool>();
  }
  static void assign(const std::string& name, const Json& value, std::string& field) {
    if (!value.is_string()) wrong(name, value, "text");
    field = value.get<std::string>();
  }
  template <class T>
  static void assign(const std::string& name, const Json& value, std::optional<T>& field) {
    assign(name, value, field.emplace());
  }
  template <class T>
  static void assign(const std::string& name, const Json& value,
                     std::vector<std::pair<std::string, T>>& field) {
    if (!value.is_object()) wrong(name, value, "an object");
    for (const auto& [key, item] : value.items())
      assign(key, item, field.emplace_back(key, T{}).second);
  }
  template <class T>
  static void assign(const std::string& name, const Json& value, std::vector<T>& field) {
    if (!value.is_array()) wrong(name, value, "an array");
    for (const auto& item : value) assign(name, item, field.emplace_back());
  }
  template <class Record>
  requires requires(JsonFields& v, Record& r) { visit_fields(v, r); }
  static void assign(const std::string& name, const Json& value, Record& field) {
    JsonFields fields(value, name);
    visit_fields(fields, field);
    fields.finish();
  }

  const Json& object_;
  std::string where_;
  std::vector<std::string> known_;
};

}  // namespace downhill::runlog_detail
