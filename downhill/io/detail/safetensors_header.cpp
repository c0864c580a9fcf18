#include "downhill/io/detail/safetensors_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "downhill/io/detail/json_cursor.h"
#include "downhill/io/utf8.h"

namespace downhill::detail {
namespace {

constexpr std::size_t kManySizes = 64;

std::pair<std::uint64_t, std::uint64_t> parse_offsets(JsonCursor& in, const std::string& field) {
  in.expect('[', field, "a pair [begin, end]");
  const std::uint64_t begin = in.integer(field);
  in.expect(',', field, "a pair [begin, end]");
  const std::uint64_t end = in.integer(field);
  in.expect(']', field, "a pair [begin, end]");
  return {begin, end};
}

std::vector<std::uint64_t> parse_sizes(JsonCursor& in, const std::string& field) {
  std::vector<std::uint64_t> sizes;
  in.expect('[', field, "a list of sizes");
  if (in.take(']')) return sizes;
  do {
    const std::uint64_t place = in.place();
    sizes.push_back(in.integer(field));
    if (sizes.size() > kManySizes) in.refuse(place, field, "has too many axes; expected at most 8");
  } while (in.another(']', field));
  return sizes;
}

TensorEntry parse_tensor(JsonCursor& in, std::string name, std::uint64_t place) {
  TensorEntry entry;
  const std::string field = fmt::format("tensor {}", excerpt(name));
  entry.name = std::move(name);
  entry.place = place;
  bool dtype = false, shape = false, offsets = false;
  const auto first = [&](bool& seen, std::uint64_t at, std::string_view key) {
    if (seen) in.refuse(at, field, fmt::format("the key '{}' stands there twice", key));
    seen = true;
  };
  in.expect('{', field, "an object with dtype, shape and data_offsets");
  bool more = !in.take('}');
  while (more) {
    const std::uint64_t at = in.place();
    const std::string key = in.string(field);
    in.expect(':', field, "':' after a key");
    if (key == "dtype") {
      first(dtype, at, key);
      entry.dtype = in.string(field + ": dtype");
    } else if (key == "shape") {
      first(shape, at, key);
      entry.sizes = parse_sizes(in, field + ": shape");
    } else if (key == "data_offsets") {
      first(offsets, at, key);
      std::tie(entry.begin, entry.end) = parse_offsets(in, field + ": data_offsets");
    } else {
      in.refuse(
          at, field,
          fmt::format("unknown key {}; expected dtype, shape and data_offsets", excerpt(key)));
    }
    more = in.another('}', field);
  }
  if (!dtype || !shape || !offsets)
    in.refuse(place, field,
              fmt::format("{} is missing; expected dtype, shape and data_offsets",
                          !dtype   ? "dtype"
                          : !shape ? "shape"
                                   : "data_offsets"));
  return entry;
}

void parse_metadata(JsonCursor& in, std::vector<MetadataEntry>& metadata) {
  const std::string field(kMetadataKey);
  in.expect('{', field, "an object of texts");
  if (in.take('}')) return;
  do {
    MetadataEntry entry;
    entry.key_place = in.place();
    entry.key = in.string(field);
    in.expect(':', field, "':' after a key");
    entry.value_place = in.place();
    entry.value = in.string(fmt::format("{}: {}", field, excerpt(entry.key)));
    metadata.push_back(std::move(entry));
  } while (in.another('}', field));
}

// The second of two equal names, wherever they stand: n log n.
template <class Entry, class Name, class Place>
void refuse_duplicates(const JsonCursor& in, const std::vector<Entry>& entries, Name&& name,
                       Place&& place, std::string_view field) {
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int difference = name(entries[a]).compare(name(entries[b]));
    return difference != 0 ? difference < 0 : a < b;
  });
  for (std::size_t i = 1; i < order.size(); ++i) {
    const Entry &before = entries[order[i - 1]], &after = entries[order[i]];
    if (name(before) == name(after))
      in.refuse(place(after), field,
                fmt::format("the name {} stands there twice, first at byte {}; expected each once",
                            excerpt(name(after)), place(before)));
  }
}

}  // namespace

SafeTensorsHeader parse_safetensors_header(const InputFile& file, std::string_view text) {
  if (const auto bad = invalid_utf8(text))
    file.refuse(kHeaderBegin + *bad, "header: is not UTF-8; the file is damaged or no safetensors");
  JsonCursor in(file, text, kHeaderBegin);
  SafeTensorsHeader header;
  bool has_metadata = false;
  in.expect('{', "header", "a JSON object; is it a safetensors file?");
  bool more = !in.take('}');
  while (more) {
    const std::uint64_t place = in.place();
    std::string name = in.string("header");
    in.expect(':', "header", "':' after a name");
    if (name == kMetadataKey) {
      if (has_metadata) in.refuse(place, "header", "'__metadata__' stands there twice");
      has_metadata = true;
      parse_metadata(in, header.metadata);
    } else {
      header.tensors.push_back(parse_tensor(in, std::move(name), place));
    }
    more = in.another('}', "header");
  }
  in.expect_end();
  refuse_duplicates(
      in, header.tensors, [](const TensorEntry& e) -> const std::string& { return e.name; },
      [](const TensorEntry& e) { return e.place; }, "header");
  refuse_duplicates(
      in, header.metadata, [](const MetadataEntry& e) -> const std::string& { return e.key; },
      [](const MetadataEntry& e) { return e.key_place; }, kMetadataKey);
  return header;
}

std::string json_string(std::string_view text) {
  constexpr std::string_view kNames = "\"\\bfnrt", kValues = "\"\\\b\f\n\r\t";
  std::string result = "\"";
  for (const char c : text) {
    if (const std::size_t i = kValues.find(c); i != std::string_view::npos)
      (result += '\\') += kNames[i];
    else if (static_cast<unsigned char>(c) < 0x20)
      result += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else result += c;
  }
  return result + '"';
}

}  // namespace downhill::detail
