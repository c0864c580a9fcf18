#include "downhill/io/npy.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "downhill/io/atomic_file.h"
#include "downhill/io/detail/npy_header.h"
#include "downhill/io/utf8.h"

namespace downhill {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kHeaderLimit = 65535;

// The length of the header's text, and where it begins.
struct Preamble {
  std::size_t begin, length;
};

Preamble read_preamble(const InputFile& file) {
  std::array<unsigned char, 12> head{};
  const std::size_t got = std::min<std::size_t>(head.size(), static_cast<std::size_t>(file.size()));
  file.read(0, head.data(), got);
  const std::string_view magic(reinterpret_cast<const char*>(head.data()), kMagic.size());
  if (got < kMagic.size() || magic != kMagic)
    file.refuse(0, fmt::format("magic: the file begins with {}; expected '\\x93NUMPY'; is it an "
                               "NPY file?",
                               excerpt(magic.substr(0, got))));
  if (got < 10)
    file.refuse(got, fmt::format("version: the file has {} bytes; expected at least 10", got));
  const int version = head[6];
  if (version < 1 || version > 3 || head[7] != 0)
    file.refuse(6, fmt::format("version: is {}.{}; expected 1.0, 2.0 or 3.0", version, head[7]));
  const std::size_t begin = version == 1 ? 10 : 12;
  if (got < begin)
    file.refuse(got, fmt::format("header length: the file ends here; expected {} bytes", begin));
  std::size_t length = head[8] | std::size_t{head[9]} << 8;
  if (version > 1) length |= std::size_t{head[10]} << 16 | std::size_t{head[11]} << 24;
  if (length > kHeaderLimit)
    file.refuse(8, fmt::format("header length: is {}; expected at most {}", length, kHeaderLimit));
  if (begin + length > file.size())
    file.refuse(8, fmt::format("header length: is {}, but {} bytes follow; the file was cut",
                               length, file.size() - begin));
  return {begin, length};
}

void check_size(const InputFile& file, const detail::NpyHeader& header, std::uint64_t begin) {
  const std::uint64_t expected =
      static_cast<std::uint64_t>(header.shape.elements()) * detail::size_of(header.stored);
  const std::uint64_t found = file.size() - begin;
  if (found == expected) return;
  file.refuse(begin, fmt::format("data: {} bytes; expected {} for shape {}; {}", found, expected,
                                 header.shape.text(),
                                 found < expected ? "the file was cut or is not fully written"
                                                  : "something was appended to the file"));
}

// The numbers of a column-major array in row-major order.
template <class T>
void to_row_major(const T* from, const Shape& shape, T* to) {
  const auto rank = static_cast<std::size_t>(shape.rank());
  std::vector<std::int64_t> stride(rank, 1), index(rank, 0);
  for (std::size_t axis = 1; axis < rank; ++axis)
    stride[axis] = stride[axis - 1] * shape[static_cast<int>(axis) - 1];
  std::int64_t source = 0;
  for (std::int64_t i = 0; i < shape.elements(); ++i) {
    to[i] = from[source];
    for (std::size_t axis = rank; axis-- > 0;) {
      source += stride[axis];
      if (++index[axis] < shape[static_cast<int>(axis)]) break;
      source -= stride[axis] * index[axis];
      index[axis] = 0;
    }
  }
}

std::string header_text(const Tensor& tensor) {
  constexpr std::size_t kGrowth = 21;  // NumPy's spare room for a longer leading axis
  constexpr std::size_t kAlignment = 64;
  const Shape& shape = tensor.shape();
  std::string sizes;
  for (const std::int64_t size : shape)
    sizes += fmt::format("{}{}", sizes.empty() ? "" : ", ", size);
  if (shape.rank() == 1) sizes += ',';
  constexpr const char* kDescr[] = {"<f4", "<f8", "<i8", "|u1"};
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
                                 kDescr[static_cast<std::size_t>(tensor.type())], sizes);
  if (shape.rank() > 0) text.append(kGrowth - std::to_string(shape[0]).size(), ' ');
  text.append(kAlignment - (10 + text.size() + 1) % kAlignment, ' ');
  return text + '\n';
}

}  // namespace

Tensor read_npy(const std::filesystem::path& path) {
  const InputFile file(path, FileError::Kind::data);
  const Preamble preamble = read_preamble(file);
  std::string text(preamble.length, '\0');
  file.read(preamble.begin, text.data(), text.size());
  const detail::NpyHeader header = detail::parse_npy_header(file, text, preamble.begin);
  const std::uint64_t begin = preamble.begin + preamble.length;
  check_size(file, header, begin);
  Tensor tensor = detail::read_stored(file, begin, header.stored, header.shape);
  if (!header.fortran_order || header.shape.rank() < 2) return tensor;
  Tensor turned = Tensor::empty(header.shape, tensor.type());
  with_type(tensor.type(),
            [&]<class T>() { to_row_major(tensor.data<T>(), header.shape, turned.data<T>()); });
  return turned;
}

void write_npy(const std::filesystem::path& path, const Tensor& tensor) {
  check_defined("write_npy", "tensor", tensor);
  const std::string header = header_text(tensor);
  write_atomically(path, [&](FileWriter& out) {
    const char preamble[] = {'\x01', '\0', static_cast<char>(header.size() & 0xFF),
                             static_cast<char>(header.size() >> 8)};
    out.write(kMagic);
    out.write(preamble, sizeof preamble);
    out.write(header);
    out.write(tensor.raw(), tensor.bytes());
  });
}

}  // namespace downhill
