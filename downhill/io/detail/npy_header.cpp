#include "downhill/io/detail/npy_header.h"

#include <fmt/format.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "downhill/io/utf8.h"

namespace downhill::detail {
namespace {

class Parser {
 public:
  Parser(const InputFile& file, std::string_view text, std::uint64_t first_byte)
      : file_(file), text_(text), first_byte_(first_byte) {}

  NpyHeader parse() {
    skip_spaces();
    expect('{', "header", "a dictionary that begins with '{'");
    for (skip_spaces(); peek() != '}'; skip_spaces()) {
      entry();
      skip_spaces();
      if (peek() == '}') break;
      expect(',', "header", "',' or '}' after a value");
    }
    ++at_;
    if (!has_descr_ || !has_order_ || !has_shape_)
      refuse(at_, fmt::format("header: the key '{}' is missing; expected exactly 'descr', "
                              "'fortran_order' and 'shape'",
                              !has_descr_   ? "descr"
                              : !has_order_ ? "fortran_order"
                                            : "shape"));
    const std::size_t rest = text_.find_first_not_of(" \n", at_);
    if (rest != std::string_view::npos)
      refuse(rest, fmt::format("header: {} stands after the dictionary; expected spaces only",
                               excerpt(text_.substr(rest))));
    return header_;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  [[noreturn]] void refuse(std::size_t at, std::string_view message) const {
    file_.refuse(first_byte_ + at, message);
  }
  [[noreturn]] void unexpected(std::string_view field, std::string_view expected) const {
    refuse(at_,
           fmt::format("{}: {} is here; expected {}", field,
                       at_ < text_.size() ? excerpt(text_.substr(at_), 20) : "the end", expected));
  }
  void expect(char wanted, std::string_view field, std::string_view expected) {
    if (at_ >= text_.size() || text_[at_] != wanted) unexpected(field, expected);
    ++at_;
  }

  std::string_view string(std::string_view field) {
    const char quote = peek();
    if (quote != '\'' && quote != '"') unexpected(field, "a text in quotes");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) refuse(at_, fmt::format("{}: the text does not end", field));
    const std::string_view content = text_.substr(at_ + 1, end - at_ - 1);
    if (content.find('\\') != std::string_view::npos)
      refuse(at_, fmt::format("{}: {} holds a backslash; expected a plain text", field,
                              excerpt(content)));
    at_ = end + 1;
    return content;
  }

  void first(bool& seen, std::size_t at, std::string_view key) const {
    if (seen) refuse(at, fmt::format("header: the key '{}' stands there twice", key));
    seen = true;
  }

  void entry() {
    const std::size_t at = at_;
    const std::string_view key = string("header");
    skip_spaces();
    expect(':', "header", "':' after a key");
    skip_spaces();
    if (key == "descr") {
      first(has_descr_, at, key);
      descr();
    } else if (key == "fortran_order") {
      first(has_order_, at, key);
      order();
    } else if (key == "shape") {
      first(has_shape_, at, key);
      shape();
    } else {
      refuse(at, fmt::format("header: unknown key {}; expected exactly 'descr', 'fortran_order' "
                             "and 'shape'",
                             excerpt(key)));
    }
  }

  void descr() {
    if (peek() == '[')
      refuse(at_, "descr: a structured array; expected plain numbers; save each field by itself");
    const std::size_t at = at_;
    const std::string_view name = string("descr");
    const std::string_view kind = name.substr(name.empty() ? 0 : 1);
    const char order = name.empty() ? '\0' : name[0];
    if (kind == "O")
      refuse(at, fmt::format("descr: is {}, pickled Python objects, which are code; expected "
                             "numbers; save array.astype('f8')",
                             excerpt(name)));
    const auto stored = number(kind);
    if (!stored)
      refuse(at, fmt::format("descr: is {}, which is not supported; expected one of <f8 <f4 <f2 "
                             "<i8 <i4 <i2 |i1 <u4 <u2 |u1 |b1; save array.astype('f8')",
                             excerpt(name)));
    if (order == '>' && size_of(*stored) > 1)
      refuse(at, fmt::format("descr: is {}, big-endian; expected little-endian '<{}'; save "
                             "array.astype('<{}')",
                             excerpt(name), kind, kind));
    if (order != '<' && order != '|' && order != '=' && order != '>')
      refuse(at,
             fmt::format("descr: is {}; expected a byte order of '<' or '|' first", excerpt(name)));
    if (order == '|' && size_of(*stored) > 1)
      refuse(at, fmt::format("descr: is {}, without a byte order; expected '<{}'", excerpt(name),
                             kind));
    header_.stored = *stored;
  }

  static std::optional<Stored> number(std::string_view kind) {
    constexpr std::pair<std::string_view, Stored> kKinds[] = {
        {"f2", Stored::f16}, {"f4", Stored::f32}, {"f8", Stored::f64}, {"i1", Stored::i8},
        {"i2", Stored::i16}, {"i4", Stored::i32}, {"i8", Stored::i64}, {"u1", Stored::u8},
        {"u2", Stored::u16}, {"u4", Stored::u32}, {"b1", Stored::u8}};
    for (const auto& [name, stored] : kKinds)
      if (name == kind) return stored;
    return std::nullopt;
  }

  void order() {
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(at_, word.size()) != word) continue;
      at_ += word.size();
      header_.fortran_order = value;
      return;
    }
    unexpected("fortran_order", "True or False");
  }

  void shape() {
    const std::size_t at = at_;
    std::vector<std::int64_t> sizes;
    bool comma = true;
    expect('(', "shape", "a tuple such as (3, 4)");
    for (skip_spaces(); peek() != ')'; skip_spaces()) {
      if (!comma) unexpected("shape", "',' or ')'");
      if (sizes.size() == Shape::kMaxRank)
        refuse(at_, fmt::format("shape: more than {} axes; reshape the array before it is saved",
                                Shape::kMaxRank));
      sizes.push_back(size());
      skip_spaces();
      comma = peek() == ',';
      if (comma) ++at_;
    }
    ++at_;
    if (sizes.size() == 1 && !comma)
      refuse(at, "shape: is a number in brackets; expected a tuple: '(3,)' has a comma");
    std::int64_t elements = 1;
    for (const std::int64_t n : sizes)
      if (__builtin_mul_overflow(elements, n, &elements) || elements > (std::int64_t{1} << 58))
        refuse(at, fmt::format("shape: {} has too many elements",
                               excerpt(text_.substr(at, at_ - at), 100)));
    header_.shape = Shape(std::span<const std::int64_t>(sizes));
  }

  std::int64_t size() {
    const std::size_t at = at_;
    std::int64_t value = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      const std::int64_t digit = text_[at_++] - '0';
      if (__builtin_mul_overflow(value, std::int64_t{10}, &value) ||
          __builtin_add_overflow(value, digit, &value))
        refuse(at, "shape: a size is too large");
    }
    if (at_ == at) unexpected("shape", "a size: digits only, not negative");
    if (at_ - at > 1 && text_[at] == '0') refuse(at, "shape: a size begins with 0");
    return value;
  }

  const InputFile& file_;
  std::string_view text_;
  std::uint64_t first_byte_;
  std::size_t at_ = 0;
  NpyHeader header_;
  bool has_descr_ = false, has_order_ = false, has_shape_ = false;
};

}  // namespace

NpyHeader parse_npy_header(const InputFile& file, std::string_view text, std::uint64_t first_byte) {
  return Parser(file, text, first_byte).parse();
}

}  // namespace downhill::detail
