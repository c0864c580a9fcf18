#pragma once
#include "downhill/optim/chain.h"
#include "downhill/optim/links/add_decayed_weights.h"
#include "downhill/optim/links/rms.h"
#include "downhill/optim/links/schedule_free.h"

namespace downhill {

/// AdamW without a schedule that decays: a mean of the iterates takes its place. Evaluate with
/// `EvaluationWeights` (fit does): the parameters hold the point where gradients are taken.
///
///     g = g / (sqrt(v_hat) + eps) + weight_decay y;   then schedule_free
///
/// A warm-up is `lr` as a schedule: lr=(warmup:steps=1000,then=(constant:value=0.0025)).
/// Source      Defazio et al., arXiv 2405.15682, Algorithm 1.
/// Differs     their code divides by the root of v_hat in the same way, and warms up by an option
///             of its own, from lr / warmup_steps.
struct ScheduleFreeAdamW {
  Hyper lr = 0.0025;
  double beta1 = 0.9;
  Hyper beta2 = 0.999;
  double eps = 1e-8;
  Hyper weight_decay = 0;
  double r = 0, power = 2;

  static constexpr BuiltIn name = "schedule_free_adamw";
  static constexpr auto options() {
    return std::array{
        option<&ScheduleFreeAdamW::lr>(kLearningRate),
        option<&ScheduleFreeAdamW::beta1>("beta1", Range{0, 1, true, true},
                                          "share of the mean where gradients are taken"),
        option<&ScheduleFreeAdamW::beta2>(kBeta2),
        option<&ScheduleFreeAdamW::eps>(kEps),
        option<&ScheduleFreeAdamW::weight_decay>(kDecoupledDecay),
        option<&ScheduleFreeAdamW::r>("r", kNonNegative, "power of the step in the mean's weights"),
        option<&ScheduleFreeAdamW::power>("power", kNonNegative, "power of the rate in them")};
  }
};

inline Chain chain_of(const ScheduleFreeAdamW& o) {
  Chain links = {make_link(ScaleByRms{o.beta2, o.eps})};
  if (o.weight_decay.matters()) links.push_back(make_link(AddDecayedWeights{o.weight_decay}));
  links.push_back(make_link(ScheduleFree{o.lr, o.beta1, o.r, o.power}));
  return links;
}

}  // namespace downhill
