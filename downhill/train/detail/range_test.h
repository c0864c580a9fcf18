#pragma once
#include "downhill/data/batches.h"
#include "downhill/optim/evaluation_weights.h"
#include "downhill/optim/optimizer.h"
#include "downhill/train/detail/explain.h"
#include "downhill/train/lr_find.h"

namespace downhill::detail {

/// So many trials of rates at most.
inline constexpr std::int64_t kMostTrials = 12;

/// Steps of one model, for sweeps and trials.
class RangeTest {
 public:
  RangeTest(nn::Module& model, const Dataset& train, const LossOf& loss_of, const LrFindOptions& o,
            std::int64_t& done)
      : model_(model),
        train_(train),
        loss_of_(loss_of),
        o_(o),
        done_(done),
        probe_(detail::sample(train, o.probe_rows, o.seed)) {}

  LrSweep sweep(const Optimizer& optimizer, std::uint64_t seed);
  double start_loss(Optimizer& optimizer) { return probe(optimizer); }
  /// The loss at the end of a short run.
  double trial(const Optimizer& optimizer, std::uint64_t seed, double lr);

 private:
  /// A copy whose rate is `factor` times its own; it has the optimizer's state.
  static Optimizer with_rate(const Optimizer& optimizer, std::int64_t steps,
                             const Schedule& factor);
  double probe(Optimizer& optimizer) {
    const EvaluationWeights weights(optimizer);
    return evaluate(model_, probe_, loss_of_);
  }
  /// False, with nothing moved, where loss or gradient is not finite.
  bool step(Optimizer& optimizer, Batches& batches, std::int64_t i);

  nn::Module& model_;
  const Dataset& train_;
  const LossOf& loss_of_;
  const LrFindOptions& o_;
  std::int64_t& done_;
  Dataset probe_;
};

}  // namespace downhill::detail
