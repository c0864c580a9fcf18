#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Negative log likelihood of counts with a Poisson distribution, whose rate is predicted.
///
///     L = e^x - y x                    if log_input: the prediction x is the rate's logarithm
///     L = x - y log(x + eps)           otherwise
///       + y log y - y + log(2 pi y) / 2    if full and y > 1: Stirling's form of log y!
///
/// Shapes      prediction (...), target (...) y equal; one value per element.
/// Units       nats.
/// Gradient    e^x - y; or 1 - y / (x + eps).
/// Throws      UsageError if shapes or types differ, a target is negative, or eps <= 0.
/// Source      Nelder and Wedderburn, Generalized Linear Models, J. R. Stat. Soc. A 135 (1972)
///             370-384; the constant as PyTorch has it.
/// Differs     PyTorch's poisson_nll_loss takes negative targets, too.
struct PoissonNLL {
  bool log_input = true, full = false;
  double eps = 1e-8;

  static constexpr BuiltIn name = "poisson_nll";
  static constexpr Range target_range = kNonNegative;
  constexpr std::array<Takes, 1> takes() const {
    return {log_input ? Takes::log_rate : Takes::positive};
  }
  static constexpr auto options() {
    return std::array{
        option<&PoissonNLL::log_input>("log_input", "the prediction is the rate's logarithm"),
        option<&PoissonNLL::full>("full", "with the term of y alone"),
        option<&PoissonNLL::eps>("eps", kPositive, "added to a rate before its logarithm")};
  }

  constexpr auto operator()(auto prediction, auto target) const {
    // Nothing of a logarithm is nothing, also where it is infinite.
    const auto counted = [&](auto logarithm) {
      return where(target == 0.0, 0.0, target * logarithm);
    };
    const auto rate = log_input ? exp(prediction) - counted(prediction)
                                : prediction - counted(log(prediction + eps));
    const auto constant = target * log(target) - target + 0.5 * log(two_pi * target);
    return full ? rate + where(target > 1.0, constant, 0.0) : rate;
  }

 private:
  static constexpr double two_pi = 6.283185307179586477;
};

}  // namespace downhill
