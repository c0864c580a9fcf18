#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "downhill/io/input_file.h"

namespace downhill::detail {

inline constexpr std::string_view kMetadataKey = "__metadata__";
inline constexpr std::string_view kFormatKey = "downhill.format";
inline constexpr std::string_view kChecksumKey = "downhill.crc32c";
inline constexpr std::string_view kReservedPrefix = "downhill.";
inline constexpr std::uint64_t kHeaderBegin = 8;  // after the length

/// A tensor as the header announces it; nothing of it is checked yet beyond its own text.
struct TensorEntry {
  std::string name, dtype;
  std::vector<std::uint64_t> sizes;
  std::uint64_t begin = 0, end = 0;  // within the buffer
  std::uint64_t place = 0;           // in the file
};

struct MetadataEntry {
  std::string key, value;
  std::uint64_t key_place = 0, value_place = 0;  // in the file, of the opening quotes
};

struct SafeTensorsHeader {
  std::vector<TensorEntry> tensors;
  std::vector<MetadataEntry> metadata;
};

/// Reads the header's text. Every refusal names the field and its byte in the file.
SafeTensorsHeader parse_safetensors_header(const InputFile& file, std::string_view text);

}  // namespace downhill::detail
