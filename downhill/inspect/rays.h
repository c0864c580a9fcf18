#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "downhill/inspect/line_probe.h"

namespace downhill {

/// A way down that first and second order do not see.
struct Descent {
  LineProbe probe = {};                ///< the lowest loss on it
  std::vector<double> direction = {};  ///< of length 1, with the sign that leads down
};

/// Where the loss is asked.
struct RayOptions {
  double shortest = 1e-3, longest = 1;  ///< distances, in units of max(1, |parameters|)
  int count = 32;                       ///< random directions beside those that are given
  double least = 0;                     ///< falls up to it are no news
  double noise = 8;                     ///< a fall counts from so many roundings of the loss on
  std::uint64_t seed = 0;
};

/// Looks along each of the directions and `count` random ones, both ways, outwards: the first ray
/// on which the loss falls before it rises, by more than its rounding (also that measured where
/// terms cancel) and more than twice what the slope accounts for. None where every ray rises, or
/// stays level to its end.
std::optional<Descent> way_down(const Objective& objective, const Tensors& parameters,
                                const LocalModel& here,
                                const std::vector<std::vector<double>>& directions,
                                const RayOptions& options = {});

}  // namespace downhill
