#include "downhill/core/processor.h"

namespace downhill {

bool use_v3() noexcept {
#if defined(__x86_64__) && !defined(DOWNHILL_NO_V3)
  static const bool available = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return available;
#else
  return false;
#endif
}

const char* processor_level() noexcept { return use_v3() ? "x86-64-v3" : "baseline"; }

}  // namespace downhill
