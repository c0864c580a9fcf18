#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "downhill/tensor/tensor.h"

namespace downhill {

/// What a safetensors file holds: named tensors, and texts under names. Nothing in it is code.
struct SafeTensors {
  std::vector<std::pair<std::string, Tensor>> tensors;
  std::vector<std::pair<std::string, std::string>> metadata;

  /// The tensor or text of that name; null where there is none.
  const Tensor* find(std::string_view name) const;
  const std::string* find_metadata(std::string_view key) const;
};

inline constexpr std::size_t kSafeTensorsHeaderLimit = std::size_t{16} << 20;

/// Reads and checks a safetensors file. F32, F64, I64, U8 are loaded as they are, BOOL as uint8,
/// F16 and BF16 as float32, narrower integers as int64; other types are refused by name. The
/// tensors come in the order of their bytes, the metadata in the order of the text, without the
/// entries of the checksum (below). Where the file has a checksum it must fit; files without one,
/// from other programs, are read as well. Throws FileError (model) "file@byte: field: what,
/// expected, remedy".
SafeTensors read_safetensors(const std::filesystem::path& path,
                             std::size_t header_limit = kSafeTensorsHeaderLimit);

/// Writes the file atomically. The bytes depend on names, tensors and metadata alone, not on their
/// order. With `checksum` the metadata gains `downhill.format` = "1" and `downhill.crc32c`: the
/// CRC-32C of the whole file with the eight digits of the checksum read as zeros, so that any
/// flipped bit is found. Throws UsageError for names that stand twice, are not UTF-8 or are
/// reserved; FileError (write).
void write_safetensors(const std::filesystem::path& path, const SafeTensors& content,
                       bool checksum = true);

}  // namespace downhill
