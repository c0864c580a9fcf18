#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The first layers get next to no gradient.
struct VanishingGradients {
  static constexpr const char* name = "vanishing_gradients";
  static constexpr const char* rule =
      "over the first fifth of the run the gradient of the first layer is below a thousandth "
      "of that of the last";
  static constexpr const char* source = "AUTOTRAINER, ICSE 2021 (first over last below 1e-3)";
  double ratio = 1e-3;

  static constexpr auto options() {
    return std::array{option<&VanishingGradients::ratio>(
        "ratio", kPositive, "gradient of the first layer over that of the last")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
