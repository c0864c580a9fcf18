#pragma once
#include <vector>

#include "downhill/optim/optimizer.h"

namespace downhill {

/// While it lives, the parameters hold the weights that the optimizer says to evaluate with: the
/// mean of `ema`, the slow weights of `lookahead`, the mean iterate of `schedule_free_adamw`; those
/// of other optimizers are as they are. Then they are put back, bit for bit.
///
///     { const EvaluationWeights now(optimizer); validate(model); save(model); }
///
/// Nothing may move the parameters in between.
class EvaluationWeights {
 public:
  explicit EvaluationWeights(Optimizer& optimizer);
  ~EvaluationWeights();
  EvaluationWeights(const EvaluationWeights&) = delete;
  EvaluationWeights& operator=(const EvaluationWeights&) = delete;

 private:
  struct Kept {
    Tensor parameter, before;
  };
  std::vector<Kept> kept_;
};

}  // namespace downhill
