#pragma once
#include <cstdint>

namespace downhill {

/// The levels of processors that the library carries code for. Files named *.level.cpp are compiled
/// once per level; what they offer is `template <Level> ... level_something()`, of which each
/// object defines the specialisation of its own level (`kLevel`), and is chosen by `at_best_level`.
enum class Level { base, v3 };

/// True if the machine has all of x86-64-v3 (AVX2, FMA, BMI1, BMI2, F16C, LZCNT, MOVBE, and a
/// system that saves the wide registers) and the library carries code for it.
bool use_v3() noexcept;

namespace detail {
/// The same from what the processor says: cpuid's leaf 1 ecx, leaf 7 ebx, leaf 0x80000001 ecx.
bool has_v3(std::uint32_t one_c, std::uint32_t seven_b, std::uint32_t extended_c) noexcept;
}  // namespace detail

/// `choose.operator()<level>()` for the highest level that this machine has.
template <class Choose>
decltype(auto) at_best_level(Choose&& choose) {
#ifndef DOWNHILL_NO_V3
  if (use_v3()) return choose.template operator()<Level::v3>();
#endif
  return choose.template operator()<Level::base>();
}

/// "x86-64-v3" or "baseline": results are promised bit for bit only within one level.
const char* processor_level() noexcept;

}  // namespace downhill
