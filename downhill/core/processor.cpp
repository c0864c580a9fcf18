#include "downhill/core/processor.h"

#ifdef __x86_64__
#include <cpuid.h>
#endif

namespace downhill {

// Intel's manual, volume 2, CPUID, and AMD's, volume 3, appendix E; the psABI says what v3 holds.
bool detail::has_v3(std::uint32_t one_c, std::uint32_t seven_b, std::uint32_t extended_c) noexcept {
  const auto bits = [](auto... places) { return ((std::uint32_t{1} << places) | ...); };
  const std::uint32_t one = bits(12, 22, 28, 29);  // FMA, MOVBE, AVX, F16C
  const std::uint32_t seven = bits(3, 5, 8);       // BMI1, AVX2, BMI2
  const std::uint32_t extended = bits(5);          // LZCNT
  return (one_c & one) == one && (seven_b & seven) == seven && (extended_c & extended) == extended;
}

bool use_v3() noexcept {
#if defined(__x86_64__) && !defined(DOWNHILL_NO_V3)
  static const bool available = [] {
    if (!__builtin_cpu_supports("avx2")) return false;  // asks the system about the registers, too
    unsigned a = 0, b = 0, c = 0, d = 0, seven_b = 0, extended_c = 0;
    __get_cpuid_count(7, 0, &a, &seven_b, &c, &d);
    __get_cpuid(0x80000001, &a, &b, &extended_c, &d);
    __get_cpuid(1, &a, &b, &c, &d);
    return detail::has_v3(c, seven_b, extended_c);
  }();
  return available;
#else
  return false;
#endif
}

const char* processor_level() noexcept { return use_v3() ? "x86-64-v3" : "baseline"; }

}  // namespace downhill
