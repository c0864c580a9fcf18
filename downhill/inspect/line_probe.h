#pragma once
#include <vector>

#include "downhill/inspect/objective.h"

namespace downhill {

/// Keeps parameters' numbers and writes them back, bit for bit, at the end of its scope.
class ParameterGuard {
 public:
  explicit ParameterGuard(const Tensors& parameters);
  ~ParameterGuard();
  ParameterGuard(const ParameterGuard&) = delete;
  ParameterGuard& operator=(const ParameterGuard&) = delete;

 private:
  Tensors parameters_, kept_;
};

/// The lowest loss found on a line through the parameters.
struct LineProbe {
  double decrease = 0;  ///< the loss here minus the lowest found; negative where all are higher
  double distance = 0;  ///< at which it was found, signed, along the unit direction
  double noise = 0;     ///< falls up to this are rounding of the loss

  bool falls() const { return decrease > noise; }
};

/// The loss at parameters + t direction for each of the distances t; points where it is not finite
/// are left out. `loss` is that at the parameters themselves; `roundings` times its roundoff is the
/// noise. The parameters are written to, and have their old bits at the end.
LineProbe probe_line(const Objective& objective, const Tensors& parameters, double loss,
                     const std::vector<double>& direction, const std::vector<double>& distances,
                     double roundings = 8);

}  // namespace downhill
