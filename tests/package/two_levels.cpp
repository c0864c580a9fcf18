#include <cmath>
#include <cstdio>
#include <initializer_list>

#include "level_of.h"

/// Each file must keep the code of its own level: 2 lanes of double without AVX, 4 with it.
int main(int argc, char**) {
  const bool has_v3 = argc > 1;
  const LevelResult a = plain(), b = fast();
  std::printf("plain %d lanes, fast %d lanes\n", a.lanes, b.lanes);
  if (a.lanes != 2 || b.lanes != (has_v3 ? 4 : 2)) return 1;
  const double value = 10 * (1.25 * 1.25 + 0.75 * 0.75 + 0.25 * 0.25) + 0.25 * 0.25 + 0.75 * 0.75 +
                       1.25 * 1.25 + 1.75 * 1.75;
  const double slope = -20 * (1.25 + 0.75 + 0.25) + 2 * (0.25 + 0.75 + 1.25 + 1.75);
  for (const LevelResult& r : {a, b})
    if (std::abs(r.value - value) > 1e-12 || std::abs(r.slope - slope) > 1e-12) return 2;
  return 0;
}
