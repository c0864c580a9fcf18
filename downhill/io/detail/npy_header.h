#pragma once
#include <cstdint>
#include <string_view>

#include "downhill/io/detail/stored.h"

namespace downhill::detail {

/// What the header of an NPY file says about its numbers.
struct NpyHeader {
  Stored stored = Stored::f32;
  bool fortran_order = false;
  Shape shape;
};

/// Reads the header's text, a Python dictionary with exactly the keys descr, fortran_order and
/// shape. `first_byte` is the place of `text` in the file, for messages.
NpyHeader parse_npy_header(const InputFile& file, std::string_view text, std::uint64_t first_byte);

}  // namespace downhill::detail
