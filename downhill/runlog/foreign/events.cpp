// TensorBoard's event files (docs/doctor.md has the format). Only scalars are taken.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>

#include "downhill/core/error.h"
#include "downhill/io/crc32c.h"
#include "downhill/io/input_file.h"
#include "downhill/runlog/foreign/log_table.h"

namespace downhill::foreign {
namespace {

using Series = std::map<std::string, std::map<std::int64_t, double>>;
constexpr std::size_t kMostBytes = std::size_t{2} << 30;

std::uint32_t masked_crc(const char* data, std::size_t bytes) {
  const std::uint32_t crc = crc32c(0, data, bytes);
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8U;
}

template <class T>
T little(const char* from) {
  static_assert(std::endian::native == std::endian::little);
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// The fields of one message of a protocol buffer, one after the other.
class Message {
 public:
  explicit Message(std::string_view message) : rest_(message) {}
  /// False at the end, or where the bytes are no message.
  bool next() {
    std::uint64_t key = 0;
    if (broken_ || rest_.empty() || !varint(key)) return false;
    field = key >> 3;
    switch (key & 7) {
      case 0:
        return varint(number);
      case 1:
        return take(8);
      case 5:
        return take(4);
      case 2: {
        std::uint64_t size = 0;
        return varint(size) && take(size);
      }
      default:
        return fail();
    }
  }
  bool broken() const { return broken_; }
  double as_double() const { return bytes.size() == 8 ? little<double>(bytes.data()) : 0; }
  double as_float() const {
    return bytes.size() == 4 ? static_cast<double>(little<float>(bytes.data())) : 0;
  }

  std::uint64_t field = 0, number = 0;
  std::string_view bytes;

 private:
  bool fail() {
    broken_ = true;
    return false;
  }
  bool take(std::uint64_t size) {
    if (size > rest_.size()) return fail();
    bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }
  bool varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return fail();
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 127U} << shift;
      if (byte < 128) return true;
    }
    return fail();
  }

  std::string_view rest_;
  bool broken_ = false;
};

// TensorProto: dtype 1 (float) or 2 (double); the number in tensor_content, float_val or double_val.
std::optional<double> scalar_of(std::string_view tensor) {
  Message m(tensor);
  std::uint64_t type = 0;
  std::optional<double> found;
  while (m.next()) {
    if (m.field == 1) type = m.number;
    if ((m.field == 4 && type == 1) || m.field == 5)
      if (m.bytes.size() == 4) found = m.as_float();
    if ((m.field == 4 && type == 2) || m.field == 6)
      if (m.bytes.size() == 8) found = m.as_double();
  }
  return found;
}

void add_value(Series& series, const std::string& folder, std::int64_t step,
               std::string_view value) {
  Message m(value);
  std::string tag;
  std::optional<double> number;
  while (m.next()) {
    if (m.field == 1) tag = m.bytes;
    if (m.field == 2) number = m.as_float();
    if (m.field == 8) number = scalar_of(m.bytes);
  }
  if (number && !tag.empty()) series[folder + tag][step] = *number;
}

// A restart at a step takes back what came after it.
void restart(Series& series, const std::string& folder, std::int64_t step, std::string_view log) {
  constexpr std::uint64_t kStart = 1;
  Message m(log);
  std::uint64_t status = 0;
  while (m.next())
    if (m.field == 1) status = m.number;
  if (status != kStart || step <= 0) return;
  for (auto& [tag, values] : series)
    if (tag.starts_with(folder)) values.erase(values.lower_bound(step), values.end());
}

void add_event(Series& series, const std::string& folder, std::string_view event,
               const std::string& file, std::size_t byte) {
  Message m(event);
  std::int64_t step = 0;
  std::vector<std::string_view> summaries, sessions;
  while (m.next()) {
    if (m.field == 2) step = static_cast<std::int64_t>(m.number);
    if (m.field == 5) summaries.push_back(m.bytes);
    if (m.field == 7) sessions.push_back(m.bytes);
  }
  if (m.broken()) refuse(file, 0, fmt::format("byte {}: the record is no event", byte));
  for (const std::string_view session : sessions) restart(series, folder, step, session);
  for (const std::string_view summary : summaries)
    for (Message values(summary); values.next();)
      if (values.field == 1) add_value(series, folder, step, values.bytes);
}

void read_file_of_events(Series& series, const std::filesystem::path& path,
                         const std::string& folder, std::vector<std::string>& notes) {
  const std::string text = read_file(path, FileError::Kind::data, kMostBytes);
  const std::string file = path.string();
  constexpr std::size_t kHead = 12, kFoot = 4;
  const auto cut_short = [&](std::size_t at) {
    notes.push_back(fmt::format("{}: the last {} bytes are no whole record and are left out", file,
                                text.size() - at));
  };
  std::size_t at = 0;
  while (at + kHead <= text.size()) {
    const char* head = text.data() + at;
    const auto size = little<std::uint64_t>(head);
    if (masked_crc(head, 8) != little<std::uint32_t>(head + 8))
      refuse(file, 0,
             fmt::format(
                 "byte {}: the checksum of a record's length is wrong; the file is damaged, or "
                 "no event file",
                 at + 1));
    if (size > text.size() - at - kHead || text.size() - at - kHead - size < kFoot)
      return cut_short(at);
    const char* data = head + kHead;
    if (masked_crc(data, size) != little<std::uint32_t>(data + size))
      refuse(file, 0, fmt::format("byte {}: the checksum of a record is wrong", at + kHead + 1));
    add_event(series, folder, {data, size}, file, at + kHead + 1);
    at += kHead + size + kFoot;
  }
  if (at < text.size()) cut_short(at);
}

}  // namespace

LogTable read_events(const std::vector<std::filesystem::path>& files,
                     const std::filesystem::path& root) {
  Series series;
  LogTable table;
  for (const auto& path : files) {
    const std::string folder = path.parent_path().lexically_relative(root).string();
    read_file_of_events(series, path, folder.empty() || folder == "." ? "" : folder + "/",
                        table.notes);
  }
  table.file = root.string();
  std::map<std::int64_t, std::size_t> rows;
  for (const auto& [tag, values] : series)
    for (const auto& [step, value] : values) rows.emplace(step, 0);
  const std::size_t steps = table.column("step");
  for (auto& [step, row] : rows) {
    row = table.add_row(0);
    table.set(row, steps, static_cast<double>(step));
  }
  for (const auto& [tag, values] : series) {
    const std::size_t column = table.column(tag == "step" ? "step " : tag);
    for (const auto& [step, value] : values) table.set(rows.at(step), column, value);
  }
  return table;
}

}  // namespace downhill::foreign
