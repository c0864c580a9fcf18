#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/runlog/verdict.h"

namespace downhill {

/// Every constant that the doctor uses; options() has their names, ranges and meanings.
struct DoctorOptions {
  double last_fraction = 0.1;
  std::int64_t least_points = 5;
  double significance = 3;
  double diverging_factor = 4;
  double overfit_gl = 2;
  std::int64_t overfit_patience = 3;
  double overfit_noise = 3;
  double memorised = 1e-3;
  double improving = 0.01;
  double converged = 1e-3;
  double zero_loss = 1e-6;

  static std::array<Option, 11> options();
};

/// The options as names and values: what a verdict prints as its constants.
NamedNumbers constants(const DoctorOptions& options);

}  // namespace downhill
