#pragma once
#include <filesystem>

#include "downhill/tensor/tensor.h"

namespace downhill {

/// The array of a NumPy file (versions 1, 2, 3). Floats keep their precision (half becomes
/// float32), integers become int64, u1 and b1 uint8; Fortran order is turned into row-major order.
/// Everything else (big-endian, text, objects, more than 8 axes) is refused. The file must hold
/// exactly the array. Throws FileError (data) "file@byte: field: what, expected, remedy".
Tensor read_npy(const std::filesystem::path& path);

/// Writes the tensor as `numpy.save` does, byte for byte (version 1), atomically. Throws FileError
/// (write).
void write_npy(const std::filesystem::path& path, const Tensor& tensor);

}  // namespace downhill
