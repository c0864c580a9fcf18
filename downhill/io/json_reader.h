#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "downhill/core/error.h"

namespace downhill {

/// Text that is no JSON, or not the JSON that was expected; `byte` says where.
class JsonError : public DataError {
 public:
  JsonError(std::size_t byte, const std::string& message) : DataError(message), byte_(byte) {}
  std::size_t byte() const noexcept { return byte_; }

 private:
  std::size_t byte_;
};

/// What is read at most; a text beyond it is refused.
struct JsonLimits {
  std::size_t bytes = std::size_t{16} << 20;  ///< below 2^32
  std::size_t depth = 8;                      ///< lists and objects within each other
  std::size_t keys = bytes;                   ///< in one object
};

enum class JsonKind : std::uint8_t {
  null,
  boolean,
  whole,     ///< digits only, below 2^64
  negative,  ///< '-' and digits only, down to -2^63
  real,      ///< any other number
  text,
  list,
  object,
};

class JsonView;

/// A JSON text, read strictly: UTF-8 without byte order mark, one value, no key twice in an object,
/// no number beyond 1.8e308. The values lie one after the other in one array, so that a hostile
/// text costs at most 8 bytes of memory per byte, and freeing it neither recurses nor allocates.
class JsonDocument {
 public:
  /// Places in errors and views count from `first_byte`, the place of `text` in its file.
  /// Throws JsonError.
  static JsonDocument parse(std::string_view text, const JsonLimits& limits = {},
                            std::size_t first_byte = 0);
  JsonView root() const;

 private:
  friend class JsonView;
  friend class JsonTape;
  struct Node {
    JsonKind kind;
    std::uint32_t byte;   ///< where the value begins in the text
    std::uint64_t holds;  ///< the number's bits; begin and size of a text; the end of a container
  };
  std::vector<Node> nodes_;
  std::string texts_;  ///< of all texts and keys, without escapes
  std::size_t first_byte_ = 0;
};

/// A value of a document, which must outlive it.
class JsonView {
 public:
  JsonView(const JsonDocument& document, std::size_t place) : in_(&document), place_(place) {}

  JsonKind kind() const { return node().kind; }
  bool is(JsonKind kind) const { return node().kind == kind; }
  bool is_number() const { return kind() >= JsonKind::whole && kind() <= JsonKind::real; }
  /// "an object", "text", for messages.
  std::string_view kind_name() const;
  std::size_t byte() const { return in_->first_byte_ + node().byte; }

  bool truth() const { return node().holds != 0; }      ///< of a boolean
  std::uint64_t whole() const { return node().holds; }  ///< of a whole number
  double number() const;                                ///< of a number, rounded to nearest
  std::string_view text() const;                        ///< of a text
  std::size_t size() const;                             ///< items of a list, members of an object
  std::optional<JsonView> find(std::string_view key) const;  ///< in an object

  /// Calls `each(item)` for the items of a list.
  template <class Each>
  void items(Each&& each) const {
    for (std::size_t at = place_ + 1; at < end(); at = JsonView(*in_, at).end())
      each(JsonView(*in_, at));
  }
  /// Calls `each(key, value)` for the members of an object; the key is a view of a text.
  template <class Each>
  void members(Each&& each) const {
    for (std::size_t at = place_ + 1; at < end(); at = JsonView(*in_, at + 1).end())
      each(JsonView(*in_, at), JsonView(*in_, at + 1));
  }

 private:
  const JsonDocument::Node& node() const { return in_->nodes_[place_]; }
  /// The place behind the value and all that it holds.
  std::size_t end() const {
    const bool holds_others = kind() == JsonKind::list || kind() == JsonKind::object;
    return holds_others ? static_cast<std::size_t>(node().holds) : place_ + 1;
  }

  const JsonDocument* in_;
  std::size_t place_;
};

}  // namespace downhill
