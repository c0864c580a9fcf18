#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The model predicts one class only.
struct ClassCollapse {
  static constexpr const char* name = "class_collapse";
  static constexpr bool of_the_end = true;
  static constexpr const char* rule =
      "the validation accuracy has one value in four fifths of the log and at its end as at "
      "its beginning; or it stays at its highest while the loss still falls, above that of "
      "always predicting one class, unless training rows lose far less; or it is high while the "
      "loss has hardly "
      "fallen; or a class has no row "
      "right and the accuracy is no better than "
      "that of "
      "the constant";
  static constexpr const char* source =
      "own measurements (docs/doctor.md); ClassImbalance (SageMaker Debugger)";
  double same = 0.8;
  double perfect = 0.985;
  double gap = 0.25;
  double settled = 0.5;
  double moved = 0.1;
  double often = 0.8;
  double hardly = 0.2;
  double unsure = 2;

  static constexpr auto options() {
    return std::array{
        option<&ClassCollapse::same>("same", kFraction,
                                     "share of validations with one and the same accuracy"),
        option<&ClassCollapse::perfect>("perfect", kFraction,
                                        "accuracy from which a constant one is no wonder"),
        option<&ClassCollapse::gap>("gap", kFraction, "accuracy at the end minus F1 score"),
        option<&ClassCollapse::settled>(
            "settled", kFraction,
            "share of validations at the end with the highest accuracy of all"),
        option<&ClassCollapse::moved>("moved", kFraction,
                                      "fall of the validation loss meanwhile, over itself"),
        option<&ClassCollapse::often>("often", kFraction,
                                      "accuracy at the end that a frequent class may explain"),
        option<&ClassCollapse::hardly>(
            "hardly", kFraction, "fall of the loss over its start below which little was learnt"),
        option<&ClassCollapse::unsure>(
            "unsure", kPositive,
            "its end over what always predicting a class of that share loses")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
