#include "downhill/doctor/memorised.h"

#include <fmt/format.h>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {

const char* Memorised::needs(const Examination& run) {
  return run.validated() ? nullptr : "validation losses, five at least";
}

std::optional<Finding> Memorised::examine(const Examination& run) const {
  if (!run.validated() || !run.judged()) return {};
  for (const char* other : {"diverging", "accumulating_gradients", "swapped_splits"})
    if (run.found(other)) return {};
  const CurveShape &train = run.train_shape(), &v = run.validation_shape();
  const double place = static_cast<double>(v.best_place) / static_cast<double>(v.points - 1);
  const double above = v.best > 0 ? v.end / v.best : 0;
  const bool worthless = v.best > never * v.start;
  if (!(place < early && worthless && above > rise && train.fallen() > fallen)) return {};
  Finding finding{.confidence = confidence_of(above, rise)};
  finding.from_step = run.validation().place(v.best_place);
  finding.summary = fmt::format(
      "The train loss fell by {} while the validation loss never fell and rose {} times: the rows "
      "are "
      "learnt by heart.",
      percent(train.fallen()), figure(above));
  finding.evidence = {{"validation_over_best", above},
                      {"best_at", place},
                      {"best_over_first", v.best / v.start},
                      {"fallen", train.fallen()}};
  finding.threshold = {{"validation_over_best", rise},
                       {"best_at", early},
                       {"best_over_first", never},
                       {"fallen", fallen}};
  finding.remedy =
      "look whether inputs and targets belong together (rows shuffled apart, labels at random); if "
      "they "
      "do: more data, a smaller model";
  return finding;
}

}  // namespace downhill::symptom
