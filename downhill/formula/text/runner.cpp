#include "downhill/formula/text/runner.h"

namespace downhill::text {

const TextRunner& best_text_runner() {
  static const TextRunner& best = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
                                      ? level_v3::text_runner()
                                      : level_base::text_runner();
  return best;
}

}  // namespace downhill::text
