#pragma once
#include <array>
#include <cstdint>

#include "downhill/core/options.h"
#include "downhill/optim/step.h"

namespace downhill {

/// Gathers the gradients of `steps` calls and hands on their mean: a batch in several pieces. In
/// between, the links behind it neither run nor count and the parameters stay as they are; a
/// schedule counts every call.
///
/// State       one number per parameter. A parameter that has no gradient in some calls counts as 0
///             there; one whose gradients of all calls are absent, or add up to 0 before the last
///             call, which has none, stays as it is.
/// Differs     none from Optax's MultiSteps with use_grad_mean.
struct Accumulate {
  std::int64_t steps = 1;

  static constexpr BuiltIn name = "accumulate";
  static constexpr bool gate = true;
  static constexpr std::array<const char*, 1> states = {"sum"};
  template <class N>
  struct State {
    N sum;
  };
  struct Numbers {
    double count = 0;  ///< calls since the last update
  };
  static constexpr std::array<const char*, 1> numbers = {"count"};
  static constexpr auto options() {
    return std::array{option<&Accumulate::steps>("steps", kCount, "calls of one update")};
  }

  void next(Numbers& own, const Step&) const {
    own.count = own.count < static_cast<double>(steps) ? own.count + 1 : 1;
  }
  bool open(const Step&, const Numbers& own) const {
    return own.count >= static_cast<double>(steps);
  }
  struct Formula {
    double share;
    bool last;
    constexpr auto operator()(auto g, auto, auto& s) const {
      const auto sum = s.sum + g;
      s.sum = last ? decltype(sum)(0.0) : sum;
      return share * sum;
    }
  };
  Formula at(const Step& step, const Numbers& own) const {
    return {1 / static_cast<double>(steps), open(step, own)};
  }
};

}  // namespace downhill
