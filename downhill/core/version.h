#pragma once

namespace downhill {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace downhill
