#include "downhill/formula/text/runner.h"

namespace downhill::text {

const TextRunner& best_text_runner() {
  static const TextRunner& best =
      at_best_level([]<Level level>() -> const TextRunner& { return level_text_runner<level>(); });
  return best;
}

}  // namespace downhill::text
