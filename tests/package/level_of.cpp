#include "level_of.h"

#include <downhill/downhill.h>

/// Compiled twice, under two names and for two processors.
LevelResult NAME() {
  using namespace downhill;
  const auto formula = compile_formula<2, 1>("own", Own{});
  double prediction[7], target[7], slope[7];
  for (int i = 0; i < 7; ++i) {
    prediction[i] = 0.5 * i;
    target[i] = 1.25;
  }
  const double* in[] = {prediction, target};
  double* out[] = {slope};
  LevelResult result;
  result.value = formula->slopes(in, nullptr, 1.0, nullptr, out, false, 7);
  for (double s : slope) result.slope += s;
  result.lanes = static_cast<int>(Lanes<double>::size);
  return result;
}
