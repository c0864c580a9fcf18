#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "downhill/core/options.h"

namespace downhill {

/// Writes JSON from left to right, without spaces and in the order of the calls. Numbers read back
/// exactly (the shortest digits that do); "nan", "inf" and "-inf" are text, as JSON has no such
/// numbers. Text that is not UTF-8 keeps its readable part.
class JsonWriter {
 public:
  enum class For {
    json,
    script,  ///< may stand in a script element of HTML: no '<', '>', '&', no line separators
  };
  explicit JsonWriter(For use = For::json) : use_(use) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_list() { open('['); }
  void end_list() { close(']'); }
  void key(std::string_view name);

  void value(double number);
  template <std::same_as<bool> Bool>
  void value(Bool truth) {
    token(truth ? "true" : "false");
  }
  template <std::integral Whole>
  requires(!std::same_as<Whole, bool>) void value(Whole number) {
    if constexpr (std::signed_integral<Whole>) whole(std::int64_t{number});
    else whole(std::uint64_t{number});
  }
  void value(std::string_view text);
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(const char* text) { value(std::string_view(text)); }
  /// The word of an enum's value.
  template <class E>
  requires std::is_enum_v<E>
  void value(E word) { value(text_of(word)); }
  void null() { token("null"); }
  /// At most `digits` significant digits; what is not finite is null.
  void rounded(double number, int digits);

  template <class T>
  void value(const std::optional<T>& some) {
    if (some) value(*some);
    else null();
  }
  template <class T>
  void value(const std::vector<T>& list) {
    begin_list();
    for (const T& item : list) value(item);
    end_list();
  }
  template <class T>
  void value(const std::vector<std::pair<std::string, T>>& named) {
    begin_object();
    for (const auto& [name, item] : named) member(name, item);
    end_object();
  }
  /// A record whose fields `visit_fields(visitor, record)` names.
  template <class Record>
  requires requires(JsonWriter& v, const Record& r) { visit_fields(v, r); }
  void value(const Record& record) {
    begin_object();
    visit_fields(*this, record);
    end_object();
  }
  template <class T>
  void member(std::string_view name, const T& item) {
    key(name);
    value(item);
  }

  /// A list of objects: `write(item)` writes the members of each.
  template <class Items, class Write>
  void objects(std::string_view name, const Items& items, Write&& write) {
    key(name);
    begin_list();
    for (const auto& item : items) {
      begin_object();
      write(item);
      end_object();
    }
    end_list();
  }

  /// As the visitor of a record's fields; an optional one without a value is left out.
  template <class T>
  void needed(const char* name, const T& field) {
    member(name, field);
  }
  template <class T>
  void optional(const char* name, const T& field) {
    member(name, field);
  }
  template <class T>
  void optional(const char* name, const std::optional<T>& field) {
    if (field) member(name, *field);
  }

  bool wants(const auto& list) const { return !list.empty(); }

  std::string take() { return std::move(text_); }

 private:
  void open(char bracket);
  void close(char bracket);
  void token(std::string_view characters);
  void whole(std::int64_t number);
  void whole(std::uint64_t number);
  void quote(std::string_view text);

  For use_;
  std::string text_;
  bool comma_ = false;  ///< a comma is due before what comes next
};

}  // namespace downhill
