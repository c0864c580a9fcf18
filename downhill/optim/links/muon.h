#pragma once
#include <array>
#include <cstdint>

#include "downhill/optim/context.h"
#include "downhill/optim/words.h"
#include "downhill/schedules/hyper.h"

namespace downhill {

/// How long an orthogonal direction of r rows and c columns is made.
enum class MuonScale {
  tall,   ///< sqrt(max(1, r / c))
  adamw,  ///< 0.2 sqrt(max(r, c)): the root mean square of AdamW's steps
};
constexpr std::array<const char*, 2> words_of(MuonScale) { return {"tall", "adamw"}; }

/// Momentum whose direction is made nearly orthogonal: all singular values near 1. For matrices;
/// what is none is refused (the optimizer `muon` gives it to Adam).
///
///     m = momentum m + g,   u = g + momentum m  (nesterov)  or m,   X = u / (||u|| + 1e-7)
///     5 times:  A = X X^T,   X = 3.4445 X + (-4.7750 A + 2.0315 A A) X
///     direction = scale X
///
/// State       one number per parameter.
/// Source      Jordan et al., kellerjordan.github.io/posts/muon (2024); scale adamw: Liu et al.,
///             arXiv 2502.16982.
/// Differs     PyTorch's keeps (1 - momentum) m, which the length removes, and iterates in
///             bfloat16.
struct ScaleByMuon {
  Hyper momentum = 0.95;
  bool nesterov = true;
  std::int64_t iterations = 5;
  MuonScale scale = MuonScale::tall;

  static constexpr BuiltIn name = "scale_by_muon";
  static constexpr auto options() {
    return std::array{
        option<&ScaleByMuon::momentum>(kMomentum), option<&ScaleByMuon::nesterov>(kNesterov),
        option<&ScaleByMuon::iterations>("iterations", kCount, "of Newton and Schulz"),
        option<&ScaleByMuon::scale>("scale", "length of the direction")};
  }
  static StateShapes states(const Shape& parameter);
  void run(std::span<Part> parts, Context& context) const;
};

}  // namespace downhill
