#include "downhill/io/detail/safetensors_header.h"

#include <fmt/format.h>

#include <optional>

#include "downhill/io/json_reader.h"
#include "downhill/io/utf8.h"

namespace downhill::detail {
namespace {

/// Takes the pieces of the header, and refuses what is not as the format wants it.
class HeaderReader {
 public:
  HeaderReader(const InputFile& file, std::string_view text) : file_(file), text_(text) {}

  void expect(JsonView value, JsonKind kind, std::string_view field,
              std::string_view expected) const {
    if (!value.is(kind)) unexpected(value, field, expected);
  }
  std::string text(JsonView value, std::string_view field) const {
    expect(value, JsonKind::text, field, "a text in double quotes");
    if (value.text().find('\0') != std::string_view::npos)
      refuse(value, field, "holds a NUL character; expected text");
    return std::string(value.text());
  }
  std::uint64_t whole(JsonView value, std::string_view field) const {
    const std::string_view digits =
        rest(value).substr(0, rest(value).find_first_not_of("0123456789"));
    const bool only_digits = !digits.empty() && rest(value).find_first_of(".eE") != digits.size();
    if (value.is(JsonKind::real) && only_digits)
      refuse(value, field, "is not below 2^64; expected a smaller number");
    expect(value, JsonKind::whole, field, "a whole number that is not negative: digits only");
    return value.whole();
  }
  std::vector<std::uint64_t> wholes(JsonView list, std::string_view field,
                                    std::string_view expected) const {
    expect(list, JsonKind::list, field, expected);
    std::vector<std::uint64_t> numbers;
    list.items([&](JsonView item) { numbers.push_back(whole(item, field)); });
    return numbers;
  }
  TensorEntry tensor(JsonView key, JsonView value) const;
  std::vector<MetadataEntry> metadata(JsonView object) const;

  [[noreturn]] void refuse(JsonView value, std::string_view field, std::string_view message) const {
    file_.refuse(value.byte(), fmt::format("{}: {}", field, message));
  }

 private:
  std::string_view rest(JsonView value) const { return text_.substr(value.byte() - kHeaderBegin); }
  [[noreturn]] void unexpected(JsonView value, std::string_view field,
                               std::string_view expected) const {
    refuse(value, field,
           fmt::format("{} is here; expected {}", excerpt(rest(value), 20), expected));
  }

  const InputFile& file_;
  std::string_view text_;
};

TensorEntry HeaderReader::tensor(JsonView key, JsonView value) const {
  TensorEntry entry;
  entry.name = text(key, "header");
  entry.place = key.byte();
  const std::string field = fmt::format("tensor {}", excerpt(entry.name));
  expect(value, JsonKind::object, field, "an object with dtype, shape and data_offsets");
  value.members([&](JsonView part, JsonView) {
    if (part.text() != "dtype" && part.text() != "shape" && part.text() != "data_offsets")
      refuse(part, field,
             fmt::format("unknown key {}; expected dtype, shape and data_offsets",
                         excerpt(part.text())));
  });
  const auto part = [&](const char* name) {
    const auto found = value.find(name);
    if (!found)
      refuse(key, field,
             fmt::format("{} is missing; expected dtype, shape and data_offsets", name));
    return *found;
  };
  const JsonView dtype = part("dtype"), shape = part("shape"), offsets = part("data_offsets");
  entry.dtype = text(dtype, field + ": dtype");
  entry.sizes = wholes(shape, field + ": shape", "a list of sizes");
  const auto pair = wholes(offsets, field + ": data_offsets", "a pair [begin, end]");
  if (pair.size() != 2) unexpected(offsets, field + ": data_offsets", "a pair [begin, end]");
  entry.begin = pair[0];
  entry.end = pair[1];
  return entry;
}

std::vector<MetadataEntry> HeaderReader::metadata(JsonView object) const {
  expect(object, JsonKind::object, kMetadataKey, "an object of texts");
  std::vector<MetadataEntry> entries;
  object.members([&](JsonView key, JsonView value) {
    std::string name = text(key, kMetadataKey);
    std::string content = text(value, fmt::format("{}: {}", kMetadataKey, excerpt(name)));
    entries.push_back({std::move(name), std::move(content), key.byte(), value.byte()});
  });
  return entries;
}

}  // namespace

SafeTensorsHeader parse_safetensors_header(const InputFile& file, std::string_view text) {
  const HeaderReader in(file, text);
  SafeTensorsHeader header;
  try {
    const auto document = JsonDocument::parse(text, {.bytes = text.size()}, kHeaderBegin);
    in.expect(document.root(), JsonKind::object, "header",
              "a JSON object; is it a safetensors file?");
    document.root().members([&](JsonView key, JsonView value) {
      if (key.text() == kMetadataKey) header.metadata = in.metadata(value);
      else header.tensors.push_back(in.tensor(key, value));
    });
  } catch (const JsonError& error) {
    file.refuse(error.byte(), fmt::format("header: {}; is it a safetensors file?", error.what()));
  }
  return header;
}

}  // namespace downhill::detail
