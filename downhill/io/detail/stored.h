#pragma once
#include <cstddef>
#include <cstdint>

#include "downhill/io/input_file.h"
#include "downhill/tensor/tensor.h"

namespace downhill::detail {

/// How numbers lie in a file, little-endian.
enum class Stored : std::uint8_t { f16, bf16, f32, f64, i8, u8, i16, u16, i32, u32, i64 };

constexpr std::size_t size_of(Stored stored) {
  switch (stored) {
    case Stored::i8:
    case Stored::u8:
      return 1;
    case Stored::f16:
    case Stored::bf16:
    case Stored::i16:
    case Stored::u16:
      return 2;
    case Stored::f32:
    case Stored::i32:
    case Stored::u32:
      return 4;
    default:
      return 8;
  }
}

/// The type they have in memory; every value survives.
constexpr Type type_for(Stored stored) {
  switch (stored) {
    case Stored::f16:
    case Stored::bf16:
    case Stored::f32:
      return Type::f32;
    case Stored::f64:
      return Type::f64;
    case Stored::u8:
      return Type::u8;
    default:
      return Type::i64;
  }
}

/// The numbers at `offset`; the caller has checked that the file holds them. `crc`, where given,
/// goes on over the bytes read.
Tensor read_stored(const InputFile& file, std::uint64_t offset, Stored stored, const Shape& shape,
                   std::uint32_t* crc = nullptr);

/// IEEE half precision, exactly.
float half_to_float(std::uint16_t half);

}  // namespace downhill::detail
