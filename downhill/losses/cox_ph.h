#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// How events at one time are counted: all against those at risk (Breslow), or as if they came one
/// after the other (Efron).
enum class Ties { breslow, efron };
constexpr std::array<const char*, 2> words_of(Ties) { return {"breslow", "efron"}; }

/// Cox's proportional hazards: of those still at risk when something happens, the one it happens to
/// should have the highest risk. Minus the logarithm of the partial likelihood.
///
///     L_i = event_i (log sum_(j: time_j >= time_i) e^x_j - x_i)
///
/// With efron, of d events at one time the l-th (l = 0 ... d - 1, in the order given) leaves out
/// l / d of the e^x_j of these d.
///
/// Shapes      log_risk (N) x; time (N) of the same type; event (N) of the same type, 1 if it
///             happened at that time, 0 if the row was seen until then (censored). One value per row;
///             every row stands in the sums of the others.
/// Units       nats.
/// Gradient    smooth.
/// Numerics    the largest is taken out of each sum: finite for all finite risks.
/// Mean        over the rows, those without an event too; a weight counts in a row's own term alone.
/// Throws      UsageError if shapes or types differ, an event is not 0 or 1, or a time is NaN.
/// Source      Cox, Regression models and life-tables, J. R. Stat. Soc. B 34 (1972) 187-220;
///             Breslow, Biometrics 30 (1974) 89-99; Efron, JASA 72 (1977) 557-565.
/// Differs     pycox's cox_ph_loss has the mean over the events, and a sorted batch without ties.
struct CoxPH {
  Ties ties = Ties::breslow;

  static constexpr BuiltIn name = "cox_ph";
  static constexpr std::array<const char*, 1> predictions = {"log_risk"};
  static constexpr std::array<const char*, 2> targets = {"time", "event"};
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() {
    return std::array{option<&CoxPH::ties>("ties", "events at one time: breslow or efron")};
  }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& log_risk, const Tensor& time, const Tensor& event) const;
};

}  // namespace downhill
