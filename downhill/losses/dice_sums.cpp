#include "downhill/core/error.h"
#include "downhill/losses/bce_with_logits.h"
#include "downhill/losses/cross_entropy.h"
#include "downhill/losses/detail/builtin.h"
#include "downhill/losses/dice.h"
#include "downhill/losses/dice_cross_entropy.h"
#include "downhill/losses/dice_focal.h"
#include "downhill/losses/focal.h"
#include "downhill/losses/focal_cross_entropy.h"

// Named sums of dice and a loss of pixels: what their headers say.

namespace downhill {
namespace {

template <class L>
detail::Term term(double factor, const L& loss) {
  return {factor, detail::builtin_loss(L::name, sizeof(L), &loss)};
}

detail::Term dice_term(std::string_view name, double factor, From from, double smooth,
                       bool squared) {
  if (from == From::probability)
    throw_usage(name, "from = probability; expected logit or class_logits");
  return term(factor, Dice{.smooth = smooth, .squared = squared, .from = from});
}

}  // namespace

std::vector<detail::Term> DiceCrossEntropy::terms() const {
  return {dice_term(name, dice, from, smooth, squared), from == From::logit
                                                            ? term(cross_entropy, BCEWithLogits{})
                                                            : term(cross_entropy, CrossEntropy{})};
}

std::vector<detail::Term> DiceFocal::terms() const {
  return {dice_term(name, dice, from, smooth, squared),
          from == From::logit ? term(focal, Focal{.gamma = gamma, .alpha = alpha})
                              : term(focal, FocalCrossEntropy{.gamma = gamma})};
}

}  // namespace downhill
