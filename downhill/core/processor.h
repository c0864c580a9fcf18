#pragma once

namespace downhill {

/// True if the machine has AVX2 and FMA (x86-64-v3) and the library carries code for it. Files
/// named *.level.cpp are compiled once per level; what they offer is chosen by this at start.
bool use_v3() noexcept;

/// "x86-64-v3" or "baseline": results are promised bit for bit only within one level.
const char* processor_level() noexcept;

}  // namespace downhill
