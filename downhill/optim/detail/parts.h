#pragma once
#include <span>

#include "downhill/autodiff/flat.h"
#include "downhill/optim/context.h"

// The parts of a tensor link as one vector of doubles, and back.

namespace downhill::detail {

/// Numbers for the time of one step, from the pool.
inline std::span<double> numbers_of(const Tensor& t) {
  return {t.data<double>(), static_cast<std::size_t>(t.elements())};
}

inline std::int64_t count_elements(std::span<const Part> parts) {
  std::int64_t count = 0;
  for (const Part& part : parts) count += part.parameter.elements();
  return count;
}

inline double unit_roundoff(std::span<const Part> parts) {
  for (const Part& part : parts)
    if (part.parameter.type() == Type::f32) return 0x1p-24;
  return 0x1p-53;
}

/// The parameters or directions, one after the other.
inline void gather(std::span<const Part> parts, Tensor Part::*which, std::span<double> to) {
  for (const Part& part : parts) {
    const auto n = static_cast<std::size_t>(part.parameter.elements());
    flat::read(part.*which, to.first(n));
    to = to.subspan(n);
  }
}

/// The gradients that the last backward left, zeros where there is none.
inline void gather_gradients(std::span<const Part> parts, std::span<double> to) {
  for (const Part& part : parts) {
    const auto n = static_cast<std::size_t>(part.parameter.elements());
    flat::read(gradient_of(part), to.first(n));
    to = to.subspan(n);
  }
}

inline void scatter(std::span<const double> from, std::span<const Part> parts,
                    Tensor Part::*which) {
  for (const Part& part : parts) {
    const auto n = static_cast<std::size_t>(part.parameter.elements());
    flat::write(from.first(n), part.*which);
    from = from.subspan(n);
  }
}

}  // namespace downhill::detail
