#pragma once
#include <array>
#include <cstdint>

#include "downhill/core/options.h"
#include "downhill/optim/step.h"

namespace downhill {

/// Skips an update whose gradient has a NaN or an infinity in any parameter: the links behind it
/// neither run nor count, and the parameters stay as they are. After `max_consecutive` in a row it
/// lets the next one through, so that a run that is lost is seen to be. `fit` goes on over such a
/// step and leaves its loss out of the epoch's.
///
/// Finding out costs one more pass.
/// Differs     none from Optax's apply_if_finite.
struct SkipNonFinite {
  std::int64_t max_consecutive = 10;

  static constexpr BuiltIn name = "skip_non_finite";
  static constexpr bool gate = true, guards = true;
  struct Numbers {
    double consecutive = 0;  ///< updates in a row that were not finite
  };
  static constexpr std::array<const char*, 1> numbers = {"consecutive"};
  static constexpr auto options() {
    return std::array{option<&SkipNonFinite::max_consecutive>(
        "max_consecutive", kNonNegative, "updates in a row that are skipped at most")};
  }

  /// How many are not finite.
  static auto measure(auto g, auto) { return where(g - g == 0.0, 0.0, 1.0); }
  void next(Numbers& own, const Step& step) const {
    own.consecutive = step.sums[0] == 0 ? 0 : own.consecutive + 1;
  }
  bool open(const Step&, const Numbers& own) const {
    return own.consecutive == 0 || own.consecutive > static_cast<double>(max_consecutive);
  }
  struct Formula {
    constexpr auto operator()(auto g, auto) const { return g; }
  };
  Formula at(const Step&, const Numbers&) const { return {}; }
};

}  // namespace downhill
