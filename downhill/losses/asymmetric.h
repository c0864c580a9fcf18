#pragma once
#include <vector>

#include "downhill/losses/huber.h"
#include "downhill/losses/loss.h"

namespace downhill {

/// Another loss, with one price for predictions below the target and one for those above.
///
///     L = under L_of    where prediction < target
///     L = over L_of     otherwise
///
/// Shapes      prediction (...), target (...) equal, of a loss `of` that has one value per element;
///             one value per element.
/// Units       those of `of`.
/// Gradient    that of `of`, times the price; at prediction = target with `over`. There the loss is
///             as smooth as `of` if that has slope 0 there, as mse and huber do.
/// Throws      UsageError if shapes or types differ, `of` has other values than one per element, or
///             an option is out of its range.
/// Source      Granger, Prediction with a generalized cost of error function, Oper. Res. Quart. 20
///             (1969) 199-207.
/// Differs     PyTorch has none. With of = mae it is (under + over) times the quantile loss of
///             under / (under + over).
struct Asymmetric {
  Loss of = Huber{};
  double under = 1, over = 1;

  static constexpr BuiltIn name = "asymmetric";
  static constexpr std::array<const char*, 1> predictions = {"prediction"};
  static constexpr std::array<const char*, 1> targets = {"target"};
  std::vector<Takes> takes() const { return {of.takes().begin(), of.takes().end()}; }
  static constexpr auto options() {
    return std::array{
        option<&Asymmetric::of>("of", "a loss of one value per element: (huber:delta=1)"),
        option<&Asymmetric::under>("under", kNonNegative, "price of a prediction below the target"),
        option<&Asymmetric::over>("over", kNonNegative, "price of one above")};
  }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& prediction, const Tensor& target) const;
};

}  // namespace downhill
