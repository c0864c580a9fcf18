#pragma once
#include <cstdint>

#include "downhill/optim/context.h"
#include "downhill/optim/words.h"
#include "downhill/schedules/hyper.h"

namespace downhill {

/// Adam without a mean, whose second moment is the product of one number per row and one per column
/// of the last two axes; vectors keep one per element. The step is relative to the weights. It is
/// the last link, in place of a rate.
///
///     beta = 1 - t^decay,   R = beta R + (1 - beta) row means of g^2,   C likewise of columns
///     u = g / max(sqrt(R C / max(mean R, eps1)), eps1)
///     p = p - lr weight_decay p - max(eps2, rms(p)) min(lr, 1/sqrt(t)) u / max(1, rms(u) / clip)
///
/// State       the roots of R and C, so that no square overflows.
/// Source      Shazeer and Stern, arXiv 1804.04235, Algorithms 4 and 5.
/// Differs     none from PyTorch's Adafactor; eps1 is the type's machine epsilon as there. (Optax
///             and Hugging Face add 1e-30 to g^2, Optax from 128 rows and columns on.)
struct ScaleByAdafactor {
  Hyper lr = 0.01;
  double decay = -0.8, eps2 = 1e-3, clip = 1;
  Hyper weight_decay = 0;

  static constexpr BuiltIn name = "scale_by_adafactor";
  static constexpr const char* rate = "lr";
  static constexpr auto options() {
    return std::array{
        option<&ScaleByAdafactor::lr>("lr", kNonNegative, "largest relative step"),
        option<&ScaleByAdafactor::decay>("decay", Range{-kInfinity, 0, true}, "power of the step"),
        option<&ScaleByAdafactor::eps2>("eps2", kNonNegative, "least size of the weights"),
        option<&ScaleByAdafactor::clip>("clip", kPositive, "largest root mean square of u"),
        option<&ScaleByAdafactor::weight_decay>(kDecoupledDecay)};
  }
  static StateShapes states(const Shape& parameter);
  void run(std::span<Part> parts, Context& context) const;
};

}  // namespace downhill
