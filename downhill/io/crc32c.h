#pragma once
#include <cstddef>
#include <cstdint>

namespace downhill {

/// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78) of `bytes` more bytes after those that
/// gave `crc`; start with 0. Of "123456789" it is 0xE3069283.
std::uint32_t crc32c(std::uint32_t crc, const void* data, std::size_t bytes);

}  // namespace downhill
