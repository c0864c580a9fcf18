#pragma once
#include <array>

#include "downhill/core/options.h"
#include "downhill/train/observer.h"

namespace downhill {

/// How `threshold` is meant: a part of the best loss, or a difference.
enum class ThresholdMode { rel, abs };
constexpr std::array<const char*, 2> words_of(ThresholdMode) { return {"rel", "abs"}; }

/// Multiplies the learning rate of every group by `factor`, but not below `min_lr`, when the loss
/// of an epoch (of validation where there is one, else of training) has not been better for more
/// than `patience` epochs. Better is below best (1 - threshold), or below best - threshold; NaN is
/// never better. After a reduction `cooldown` epochs do not count.
///
///     FitOptions{.observers = {ReduceOnPlateau{.factor = 0.5, .patience = 3}.observer()}};
///
/// It acts on the optimizer's lr, which must be a number; a schedule of the run multiplies it as
/// before. The reduced rate stays when the run is over.
/// Source: PyTorch 2.6, torch.optim.lr_scheduler.ReduceLROnPlateau, mode min.
/// Differs: min_lr is one number for all groups.
struct ReduceOnPlateau {
  double factor = 0.1;
  std::int64_t patience = 10;
  double threshold = 1e-4;
  ThresholdMode threshold_mode = ThresholdMode::rel;
  std::int64_t cooldown = 0;
  double min_lr = 0, eps = 1e-8;

  static constexpr BuiltIn name = "reduce_on_plateau";
  static constexpr auto options() {
    using R = ReduceOnPlateau;
    return std::array{
        option<&R::factor>("factor", {0, 1, true, true}, "what lr is multiplied by"),
        option<&R::patience>("patience", kNonNegative, "epochs without a better loss to bear"),
        option<&R::threshold>("threshold", kNonNegative, "what counts as better"),
        option<&R::threshold_mode>("threshold_mode", "rel: a part of the best loss; abs"),
        option<&R::cooldown>("cooldown", kNonNegative,
                             "epochs after a reduction that do not count"),
        option<&R::min_lr>("min_lr", kNonNegative, "lr is not reduced below it"),
        option<&R::eps>("eps", kNonNegative, "a reduction by no more than this is left out")};
  }
  /// UsageError for an option out of its range.
  ObserverPtr observer() const;
};

}  // namespace downhill
