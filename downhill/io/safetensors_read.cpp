#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <span>

#include "downhill/io/crc32c.h"
#include "downhill/io/detail/safetensors_header.h"
#include "downhill/io/detail/stored.h"
#include "downhill/io/safetensors.h"
#include "downhill/io/utf8.h"

namespace downhill {
namespace {

using detail::kHeaderBegin;
using detail::Stored;
using detail::TensorEntry;

std::string read_header_text(const InputFile& file, std::size_t limit) {
  if (file.size() < kHeaderBegin)
    file.refuse(
        0, fmt::format("header length: the file has {} bytes; expected at least 8", file.size()));
  std::uint64_t length = 0;
  file.read(0, &length, sizeof length);
  if (length > limit)
    file.refuse(0, fmt::format("header length: is {}; expected at most {}; is it a safetensors "
                               "file?",
                               length, limit));
  if (length > file.size() - kHeaderBegin)
    file.refuse(0, fmt::format("header length: is {}, but {} bytes follow; the file was cut or is "
                               "no safetensors file",
                               length, file.size() - kHeaderBegin));
  std::string text(static_cast<std::size_t>(length), '\0');
  file.read(kHeaderBegin, text.data(), text.size());
  return text;
}

Stored stored_type(const InputFile& file, const TensorEntry& entry) {
  constexpr std::pair<std::string_view, Stored> kKnown[] = {
      {"F32", Stored::f32},   {"F64", Stored::f64}, {"I64", Stored::i64}, {"U8", Stored::u8},
      {"BOOL", Stored::u8},   {"F16", Stored::f16}, {"I8", Stored::i8},   {"I16", Stored::i16},
      {"BF16", Stored::bf16}, {"I32", Stored::i32}, {"U16", Stored::u16}, {"U32", Stored::u32}};
  for (const auto& [name, stored] : kKnown)
    if (entry.dtype == name) return stored;
  file.refuse(entry.place,
              fmt::format("tensor {}: dtype {} is not supported; expected F32, F64, F16, BF16, I64 "
                          "to I8, U32 to U8 or BOOL; save the tensor as F32",
                          excerpt(entry.name), excerpt(entry.dtype)));
}

Shape checked_shape(const InputFile& file, const TensorEntry& entry) {
  constexpr std::uint64_t kMostElements = std::uint64_t{1} << 58;
  std::uint64_t elements = 1;
  for (const std::uint64_t size : entry.sizes)
    if (__builtin_mul_overflow(elements, size, &elements) || elements > kMostElements ||
        size > kMostElements)
      file.refuse(entry.place, fmt::format("tensor {}: shape: has too many elements; the file is "
                                           "damaged",
                                           excerpt(entry.name)));
  if (entry.sizes.size() > Shape::kMaxRank)
    file.refuse(entry.place, fmt::format("tensor {}: shape: has {} axes; expected at most {}",
                                         excerpt(entry.name), entry.sizes.size(), Shape::kMaxRank));
  const std::vector<std::int64_t> sizes(entry.sizes.begin(), entry.sizes.end());
  return Shape(std::span<const std::int64_t>(sizes));
}

// The tensors must fill the buffer one after the other: no hole, no overlap, nothing behind.
void check_offsets(const InputFile& file, std::vector<TensorEntry>& entries,
                   std::uint64_t buffer_begin) {
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::uint64_t next = 0;
  for (const TensorEntry& entry : entries) {
    if (entry.begin != next || entry.end < entry.begin)
      file.refuse(entry.place, fmt::format("tensor {}: data_offsets: are [{}, {}]; expected to "
                                           "begin at {}, where the one before ends, and not to "
                                           "end before they begin",
                                           excerpt(entry.name), entry.begin, entry.end, next));
    next = entry.end;
    const Shape shape = checked_shape(file, entry);
    const std::uint64_t bytes =
        static_cast<std::uint64_t>(shape.elements()) * detail::size_of(stored_type(file, entry));
    if (entry.end - entry.begin != bytes)
      file.refuse(entry.place,
                  fmt::format("tensor {}: data_offsets: hold {} bytes; expected {} for shape {} "
                              "of {}",
                              excerpt(entry.name), entry.end - entry.begin, bytes, shape.text(),
                              entry.dtype));
  }
  const std::uint64_t found = file.size() - buffer_begin;
  if (found != next)
    file.refuse(buffer_begin, fmt::format("data: {} bytes; expected {}; {}", found, next,
                                          found < next ? "the file was cut"
                                                       : "something was appended to the file"));
}

// The checksum that the file states, and where its eight digits stand in the header's text.
struct Stated {
  std::uint32_t crc = 0;
  std::size_t place = 0;
};

std::optional<Stated> stated_checksum(const InputFile& file, const std::string& text,
                                      const detail::SafeTensorsHeader& header) {
  bool ours = false;
  for (const auto& entry : header.metadata) {
    if (entry.key != detail::kChecksumKey) {
      ours |= std::string_view(entry.key).starts_with(detail::kReservedPrefix);
      continue;
    }
    const auto place = static_cast<std::size_t>(entry.value_place - kHeaderBegin) + 1;
    const std::string_view digits = std::string_view(text).substr(place, 8);
    if (entry.value.size() != 8 || digits != entry.value ||
        digits.find_first_not_of("0123456789abcdef") != std::string_view::npos)
      file.refuse(entry.value_place, fmt::format("{}: is {}; expected eight digits of 0-9a-f",
                                                 detail::kChecksumKey, excerpt(entry.value)));
    std::uint32_t crc = 0;
    for (const char c : digits)
      crc = crc * 16 + static_cast<std::uint32_t>(c <= '9' ? c - '0' : c - 'a' + 10);
    return Stated{crc, place};
  }
  if (ours)
    file.refuse(kHeaderBegin, fmt::format("__metadata__: {} is missing beside the other '{}' "
                                          "entries; the file is damaged",
                                          detail::kChecksumKey, detail::kReservedPrefix));
  return std::nullopt;
}

}  // namespace

SafeTensors read_safetensors(const std::filesystem::path& path, std::size_t header_limit) {
  const InputFile file(path, FileError::Kind::model);
  std::string text = read_header_text(file, header_limit);
  detail::SafeTensorsHeader header = detail::parse_safetensors_header(file, text);
  const std::uint64_t begin = kHeaderBegin + text.size();
  check_offsets(file, header.tensors, begin);
  const auto stated = stated_checksum(file, text, header);
  std::uint32_t crc = 0;
  if (stated) {
    const std::uint64_t length = text.size();
    text.replace(stated->place, 8, "00000000");
    crc = crc32c(crc32c(0, &length, sizeof length), text.data(), text.size());
  }
  SafeTensors result;
  result.tensors.reserve(header.tensors.size());
  for (TensorEntry& entry : header.tensors) {
    Tensor tensor = detail::read_stored(file, begin + entry.begin, stored_type(file, entry),
                                        checked_shape(file, entry), stated ? &crc : nullptr);
    result.tensors.emplace_back(std::move(entry.name), std::move(tensor));
  }
  if (stated && crc != stated->crc)
    file.refuse(
        fmt::format("{}: is {:08x}, but the content has {:08x}; the file is damaged or was "
                    "edited: take a copy of it, or an earlier one",
                    detail::kChecksumKey, stated->crc, crc));
  for (auto& entry : header.metadata)
    if (entry.key != detail::kChecksumKey && entry.key != detail::kFormatKey)
      result.metadata.emplace_back(std::move(entry.key), std::move(entry.value));
  return result;
}

const Tensor* SafeTensors::find(std::string_view name) const {
  for (const auto& [key, tensor] : tensors)
    if (key == name) return &tensor;
  return nullptr;
}

const std::string* SafeTensors::find_metadata(std::string_view key) const {
  for (const auto& [name, value] : metadata)
    if (name == key) return &value;
  return nullptr;
}

}  // namespace downhill
