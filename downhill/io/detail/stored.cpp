#include "downhill/io/detail/stored.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "downhill/io/crc32c.h"

namespace downhill::detail {

static_assert(std::endian::native == std::endian::little, "files are little-endian, as memory is");

float half_to_float(std::uint16_t half) {
  return static_cast<float>(std::bit_cast<_Float16>(half));
}

namespace {

// The whole tensor in one read: the file holds what memory wants.
Tensor read_as_is(const InputFile& file, std::uint64_t offset, Type type, const Shape& shape,
                  std::uint32_t* crc) {
  Tensor result = Tensor::empty(shape, type);
  file.read(offset, result.raw(), result.bytes());
  if (crc != nullptr) *crc = crc32c(*crc, result.raw(), result.bytes());
  return result;
}

// In pieces, each number widened.
template <class From, class To, class Widen>
Tensor read_widened(const InputFile& file, std::uint64_t offset, const Shape& shape,
                    std::uint32_t* crc, Widen&& widen) {
  constexpr std::size_t kPiece = std::size_t{1} << 16;
  Tensor result = Tensor::empty(shape, type_of<To>);
  const auto total = static_cast<std::size_t>(result.elements());
  std::vector<From> piece(std::min(total, kPiece));
  To* to = result.data<To>();
  for (std::size_t begin = 0; begin < total; begin += kPiece) {
    const std::size_t count = std::min(kPiece, total - begin);
    file.read(offset + begin * sizeof(From), piece.data(), count * sizeof(From));
    if (crc != nullptr) *crc = crc32c(*crc, piece.data(), count * sizeof(From));
    for (std::size_t i = 0; i < count; ++i) to[begin + i] = widen(piece[i]);
  }
  return result;
}

template <class From>
Tensor read_integers(const InputFile& file, std::uint64_t offset, const Shape& shape,
                     std::uint32_t* crc) {
  return read_widened<From, std::int64_t>(file, offset, shape, crc,
                                          [](From x) { return std::int64_t{x}; });
}

}  // namespace

Tensor read_stored(const InputFile& file, std::uint64_t offset, Stored stored, const Shape& shape,
                   std::uint32_t* crc) {
  switch (stored) {
    case Stored::f16:
      return read_widened<std::uint16_t, float>(file, offset, shape, crc, half_to_float);
    case Stored::bf16:
      return read_widened<std::uint16_t, float>(file, offset, shape, crc, [](std::uint16_t x) {
        return std::bit_cast<float>(std::uint32_t{x} << 16);
      });
    case Stored::i8:
      return read_integers<std::int8_t>(file, offset, shape, crc);
    case Stored::i16:
      return read_integers<std::int16_t>(file, offset, shape, crc);
    case Stored::u16:
      return read_integers<std::uint16_t>(file, offset, shape, crc);
    case Stored::i32:
      return read_integers<std::int32_t>(file, offset, shape, crc);
    case Stored::u32:
      return read_integers<std::uint32_t>(file, offset, shape, crc);
    default:
      return read_as_is(file, offset, type_for(stored), shape, crc);
  }
}

}  // namespace downhill::detail
