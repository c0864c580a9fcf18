#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "downhill/io/atomic_file.h"
#include "downhill/io/crc32c.h"
#include "downhill/io/detail/safetensors_header.h"
#include "downhill/io/json_writer.h"
#include "downhill/io/safetensors.h"
#include "downhill/io/utf8.h"

namespace downhill {
namespace {

constexpr const char* kOperation = "write_safetensors";
constexpr std::string_view kNoChecksum = "00000000";

// The format's own order of types, descending: larger numbers come first, so that all lie aligned.
int rank_of(Type type) {
  switch (type) {
    case Type::i64:
      return 3;
    case Type::f64:
      return 2;
    case Type::f32:
      return 1;
    default:
      return 0;
  }
}

const char* dtype_of(Type type) {
  constexpr const char* kNames[] = {"F32", "F64", "I64", "U8"};
  return kNames[static_cast<std::size_t>(type)];
}

void check_name(std::string_view what, const std::string& name) {
  if (invalid_utf8(name) || name.find('\0') != std::string::npos)
    throw_usage(kOperation, fmt::format("the {} {} is not UTF-8 without NUL; expected text", what,
                                        excerpt(name)));
}

using Named = const std::pair<std::string, Tensor>*;

std::vector<Named> sorted_tensors(const SafeTensors& content) {
  std::vector<Named> tensors;
  for (const auto& named : content.tensors) {
    check_name("tensor name", named.first);
    check_defined(kOperation, named.first.c_str(), named.second);
    if (named.first == detail::kMetadataKey)
      throw_usage(kOperation, "a tensor is called '__metadata__'; the format keeps that name");
    tensors.push_back(&named);
  }
  std::sort(tensors.begin(), tensors.end(), [](Named a, Named b) { return a->first < b->first; });
  for (std::size_t i = 1; i < tensors.size(); ++i)
    if (tensors[i - 1]->first == tensors[i]->first)
      throw_usage(kOperation, fmt::format("two tensors are called {}; names must differ",
                                          excerpt(tensors[i]->first)));
  std::stable_sort(tensors.begin(), tensors.end(), [](Named a, Named b) {
    return rank_of(a->second.type()) > rank_of(b->second.type());
  });
  return tensors;
}

std::map<std::string_view, std::string_view> metadata_of(const SafeTensors& content,
                                                         bool checksum) {
  std::map<std::string_view, std::string_view> entries;
  for (const auto& [key, value] : content.metadata) {
    check_name("metadata key", key);
    check_name("metadata text", value);
    if (key == detail::kChecksumKey || key == detail::kFormatKey)
      throw_usage(kOperation, fmt::format("the metadata key '{}' is written by this call", key));
    if (!checksum && std::string_view(key).starts_with(detail::kReservedPrefix))
      throw_usage(kOperation, fmt::format("the metadata key {} is for files with a checksum; keys "
                                          "that begin with '{}' are reserved",
                                          excerpt(key), detail::kReservedPrefix));
    if (!entries.emplace(key, value).second)
      throw_usage(kOperation, fmt::format("the metadata key {} stands there twice", excerpt(key)));
  }
  if (checksum) {
    entries.emplace(detail::kFormatKey, "1");
    entries.emplace(detail::kChecksumKey, kNoChecksum);
  }
  return entries;
}

std::string header_text(const std::vector<Named>& tensors,
                        const std::map<std::string_view, std::string_view>& metadata) {
  JsonWriter json;
  json.begin_object();
  if (!metadata.empty()) {
    json.key(detail::kMetadataKey);
    json.begin_object();
    for (const auto& [key, value] : metadata) json.member(key, value);
    json.end_object();
  }
  std::uint64_t begin = 0;
  for (const Named named : tensors) {
    const Tensor& tensor = named->second;
    json.key(named->first);
    json.begin_object();
    json.member("dtype", dtype_of(tensor.type()));
    json.member("shape", std::vector<std::int64_t>(tensor.shape().begin(), tensor.shape().end()));
    json.member("data_offsets", std::vector<std::uint64_t>{begin, begin + tensor.bytes()});
    json.end_object();
    begin += tensor.bytes();
  }
  json.end_object();
  std::string text = json.take();
  text.append((8 - text.size() % 8) % 8, ' ');
  if (text.size() > kSafeTensorsHeaderLimit)
    throw_usage(kOperation, fmt::format("names and metadata take {} bytes; at most {} can be read "
                                        "back",
                                        text.size(), kSafeTensorsHeaderLimit));
  return text;
}

// The checksum's digits stand in the header that they are the checksum of: as zeros.
void enter_checksum(std::string& text, std::uint64_t length, const std::vector<Named>& tensors) {
  std::uint32_t crc = crc32c(0, &length, sizeof length);
  crc = crc32c(crc, text.data(), text.size());
  for (const Named named : tensors) crc = crc32c(crc, named->second.raw(), named->second.bytes());
  const std::string entry = fmt::format("\"{}\":\"", detail::kChecksumKey);
  text.replace(text.find(entry) + entry.size(), kNoChecksum.size(), fmt::format("{:08x}", crc));
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, const SafeTensors& content,
                       bool checksum) {
  const std::vector<Named> tensors = sorted_tensors(content);
  std::string text = header_text(tensors, metadata_of(content, checksum));
  const std::uint64_t length = text.size();
  if (checksum) enter_checksum(text, length, tensors);
  write_atomically(path, [&](FileWriter& out) {
    out.write(&length, sizeof length);
    out.write(text);
    for (const Named named : tensors) out.write(named->second.raw(), named->second.bytes());
  });
}

}  // namespace downhill
