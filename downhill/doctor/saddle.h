#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The run stands at a saddle: the Hessian has a direction along which the loss falls, and there
/// is something to be gained.
struct Saddle {
  static constexpr const char* name = "saddle";
  static constexpr bool of_the_end = true;
  static constexpr const char* rule =
      "the measured state is saddle and the fall found along the negative direction is worth "
      "a twentieth of the whole fall";
  static constexpr const char* source =
      "Dauphin et al., Identifying and attacking the saddle point problem, 2014";
  double gain = 0.05;

  static constexpr auto options() {
    return std::array{option<&Saddle::gain>(
        "gain", kFraction,
        "fall found along the negative direction, over the fall so far and that one together")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
