#pragma once
#include <cstdint>

#include "downhill/core/processor.h"

namespace downhill::detail {

/// The sum of x, or of its squares, in double. They run over one block on one thread.
struct Reductions {
  double (*sum_f32)(const float* x, std::int64_t n);
  double (*sum_f64)(const double* x, std::int64_t n);
  double (*squares_f32)(const float* x, std::int64_t n);
  double (*squares_f64)(const double* x, std::int64_t n);
};

template <Level>
const Reductions& level_reductions();

}  // namespace downhill::detail
