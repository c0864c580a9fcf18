#include "downhill/doctor/slow.h"

#include <algorithm>

namespace downhill::symptom {

StillFalling still_falling(const Examination& run) {
  if (!run.judged()) return {};
  const CurveShape &train = run.train_shape(), &validation = run.validation_shape();
  if (!run.validated()) return {train.still(), train.falls()};
  // The noise of single batches hides a fall that validation rows show.
  if (!run.train().by_epoch) return {validation.still(), validation.falls() && !train.rises()};
  return {std::min(train.still(), validation.still()), train.falls() && !validation.rises()};
}

}  // namespace downhill::symptom
