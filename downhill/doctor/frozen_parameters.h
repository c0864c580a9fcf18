#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// Parameters that do not move while the others learn: not in the optimizer, or without gradient.
struct FrozenParameters {
  static constexpr const char* name = "frozen_parameters";
  static constexpr const char* rule =
      "a layer has no gradient in any record, or a gradient and no update, while the loss "
      "falls";
  static constexpr const char* source = "TrainCheck, OSDI 2025";
  double fallen = 0.05;

  static constexpr auto options() {
    return std::array{option<&FrozenParameters::fallen>(
        "fallen", kNonNegative,
        "fall of the train loss over its start from which the others learn")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
