#include "downhill/io/json_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "downhill/io/utf8.h"

namespace downhill {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";

/// The parser's own words without its name, numbers and excerpt: "unexpected ']'; expected ':'".
std::string reason_of(const std::string& said) {
  const std::size_t dash = said.find(" - ");
  std::string reason = dash == std::string::npos ? "a syntax error" : said.substr(dash + 3);
  const std::size_t excerpt = reason.find("; last read: '");
  if (excerpt == std::string::npos) return reason;
  const std::size_t end = reason.rfind('\'');
  return reason.erase(excerpt, end + 1 - excerpt);
}

/// What is invalid, or else what was expected.
std::string_view what_of(std::string_view reason) {
  const std::size_t expected = reason.find("; expected ");
  if (expected == std::string_view::npos) return reason;
  return reason.starts_with("invalid") ? reason.substr(0, expected) : reason.substr(expected + 2);
}

}  // namespace

/// Takes the events of the parser. No value of the parser's own library is made: to destroy one
/// allocates, and where that fails the program ends.
class JsonTape {
 public:
  using Json = nlohmann::json;
  using number_integer_t = Json::number_integer_t;
  using number_unsigned_t = Json::number_unsigned_t;
  using number_float_t = Json::number_float_t;
  using string_t = Json::string_t;
  using binary_t = Json::binary_t;

  JsonTape(std::string_view text, const JsonLimits& limits, JsonDocument& document)
      : text_(text), limits_(limits), to_(document) {}

  bool null() { return add(JsonKind::null, 0, 4); }
  bool boolean(bool value) { return add(JsonKind::boolean, value ? 1 : 0, value ? 4 : 5); }
  bool number_unsigned(number_unsigned_t value) { return add_number(JsonKind::whole, value); }
  bool number_integer(number_integer_t value) {
    return add_number(JsonKind::negative, static_cast<std::uint64_t>(value));
  }
  bool number_float(number_float_t value, const string_t&) {
    return add_number(JsonKind::real, std::bit_cast<std::uint64_t>(value));
  }
  bool string(const string_t& value) {
    const std::uint64_t begin = to_.texts_.size();
    to_.texts_ += value;
    return add(JsonKind::text, begin << 32 | value.size(), quoted_size());
  }
  bool key(const string_t& value) {
    if (keys_.size() - open_.back().first_key == limits_.keys)
      refuse(begin_of_token(), fmt::format("more than {} keys in one object", limits_.keys));
    keys_.push_back(to_.nodes_.size());
    return string(value);
  }
  bool start_object(std::size_t) { return open(JsonKind::object); }
  bool end_object() {
    refuse_duplicates();
    keys_.resize(open_.back().first_key);
    return close();
  }
  bool start_array(std::size_t) { return open(JsonKind::list); }
  bool end_array() { return close(); }
  bool binary(binary_t&) { return true; }  // JSON has none

  bool parse_error(std::size_t read, const std::string&, const nlohmann::detail::exception& error) {
    constexpr int kOutOfRange = 406;
    if (error.id == kOutOfRange) refuse(begin_of_token(), "a number beyond 1.8e308");
    const std::string reason = reason_of(error.what());
    const bool inside_text = reason.starts_with("invalid string") && read <= text_.size();
    const std::size_t place = inside_text ? read - 1 : bad_token(read);
    const std::string_view rest = text_.substr(std::min(place, text_.size()));
    refuse(place, fmt::format("{} is here; {}", rest.empty() ? "the end" : excerpt(rest, 20),
                              what_of(reason)));
  }

 private:
  struct Open {
    std::size_t node, first_key;
  };

  bool add(JsonKind kind, std::uint64_t holds, std::size_t token_size) {
    at_ = begin_of_token();
    to_.nodes_.push_back({kind, static_cast<std::uint32_t>(at_), holds});
    at_ += token_size;
    return true;
  }
  bool add_number(JsonKind kind, std::uint64_t bits) {
    const std::size_t begin = begin_of_token();
    return add(kind, bits, end_of_number(begin) - begin);
  }
  bool open(JsonKind kind) {
    if (open_.size() == limits_.depth)
      refuse(begin_of_token(), fmt::format("nested deeper than {}", limits_.depth));
    open_.push_back({to_.nodes_.size(), keys_.size()});
    return add(kind, 0, 1);
  }
  bool close() {
    to_.nodes_[open_.back().node].holds = to_.nodes_.size();
    open_.pop_back();
    at_ = begin_of_token() + 1;
    return true;
  }

  /// Between two tokens of a valid text stand only spaces, commas and colons.
  std::size_t begin_of_token() const {
    return std::min(text_.find_first_not_of(" \t\r\n,:", at_), text_.size());
  }
  /// Behind the number that begins at `at`.
  std::size_t end_of_number(std::size_t at) const {
    const auto next_is = [&](std::string_view wanted) {
      return at < text_.size() && wanted.find(text_[at]) != std::string_view::npos;
    };
    const auto skip_digits = [&] {
      at = std::min(text_.find_first_not_of("0123456789", at), text_.size());
    };
    if (next_is("-")) ++at;
    if (next_is("0")) ++at;  // no digit follows a leading zero
    else skip_digits();
    if (next_is(".")) {
      ++at;
      skip_digits();
    }
    if (next_is("eE")) {
      ++at;
      if (next_is("+-")) ++at;
      skip_digits();
    }
    return at;
  }
  /// Bytes of the text that begins at the next token, with its quotes.
  std::size_t quoted_size() const {
    const std::size_t begin = begin_of_token();
    std::size_t at = text_.find_first_of("\"\\", begin + 1);
    while (text_[at] == '\\') at = text_.find_first_of("\"\\", at + 2);
    return at + 1 - begin;
  }
  /// The token that does not fit, given how many bytes were read when that was noticed.
  std::size_t bad_token(std::size_t read) const {
    std::size_t place = std::min(text_.find_first_not_of(kSpaces, at_), text_.size());
    while (place + 1 < read && place < text_.size() && (text_[place] == ',' || text_[place] == ':'))
      place = std::min(text_.find_first_not_of(kSpaces, place + 1), text_.size());
    return place;
  }

  void refuse_duplicates() {
    const auto name = [this](std::size_t node) { return JsonView(to_, node).text(); };
    const auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(open_.back().first_key);
    std::sort(begin, keys_.end(), [&](std::size_t a, std::size_t b) {
      const int difference = name(a).compare(name(b));
      return difference != 0 ? difference < 0 : a < b;
    });
    const auto twice = std::adjacent_find(
        begin, keys_.end(), [&](std::size_t a, std::size_t b) { return name(a) == name(b); });
    if (twice == keys_.end()) return;
    const JsonView first(to_, *twice), second(to_, *(twice + 1));
    throw JsonError(second.byte(),
                    fmt::format("the name {} stands there twice, first at byte {}; expected each "
                                "once",
                                excerpt(second.text()), first.byte()));
  }

  [[noreturn]] void refuse(std::size_t place, const std::string& message) const {
    throw JsonError(to_.first_byte_ + place, message);
  }

  std::string_view text_;
  JsonLimits limits_;
  JsonDocument& to_;
  std::size_t at_ = 0;  ///< behind the last token
  std::vector<Open> open_;
  std::vector<std::size_t> keys_;  ///< nodes of the keys of all open objects
};

JsonDocument JsonDocument::parse(std::string_view text, const JsonLimits& limits,
                                 std::size_t first_byte) {
  constexpr std::size_t kMostBytes = std::numeric_limits<std::uint32_t>::max();
  if (const std::size_t most = std::min(limits.bytes, kMostBytes); text.size() > most)
    throw JsonError(first_byte,
                    fmt::format("has {} bytes; at most {} are read", text.size(), most));
  if (text.starts_with("\xEF\xBB\xBF"))
    throw JsonError(first_byte, "begins with a byte order mark; expected UTF-8 without one");
  if (const auto bad = invalid_utf8(text))
    throw JsonError(first_byte + *bad, "is not UTF-8; the text is damaged or no JSON");
  JsonDocument document;
  document.first_byte_ = first_byte;
  JsonTape tape(text, limits, document);
  nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &tape);
  return document;
}

JsonView JsonDocument::root() const { return JsonView(*this, 0); }

std::string_view JsonView::kind_name() const {
  constexpr std::string_view kNames[] = {"null",     "true or false", "a number", "a number",
                                         "a number", "text",          "a list",   "an object"};
  return kNames[static_cast<std::size_t>(kind())];
}

double JsonView::number() const {
  if (is(JsonKind::real)) return std::bit_cast<double>(node().holds);
  if (is(JsonKind::whole)) return static_cast<double>(node().holds);
  const auto value = static_cast<std::int64_t>(node().holds);
  return value == 0 ? -0.0 : static_cast<double>(value);
}

std::string_view JsonView::text() const {
  return std::string_view(in_->texts_)
      .substr(static_cast<std::size_t>(node().holds >> 32),
              static_cast<std::size_t>(node().holds & 0xFFFFFFFF));
}

std::size_t JsonView::size() const {
  std::size_t count = 0;
  if (is(JsonKind::object)) members([&](JsonView, JsonView) { ++count; });
  else items([&](JsonView) { ++count; });
  return count;
}

std::optional<JsonView> JsonView::find(std::string_view key) const {
  std::optional<JsonView> found;
  members([&](JsonView name, JsonView value) {
    if (name.text() == key) found = value;
  });
  return found;
}

}  // namespace downhill
