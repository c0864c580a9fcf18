#include "downhill/optim/evaluation_weights.h"

#include <array>
#include <cstring>

#include "downhill/core/parallel.h"

namespace downhill {

EvaluationWeights::EvaluationWeights(Optimizer& optimizer) {
  for (std::size_t i = 0; i < optimizer.slots_.size(); ++i) {
    const detail::Slot& slot = optimizer.slots_[i];
    const detail::Group& group = optimizer.groups_[slot.group];
    const Tensor& parameter = optimizer.parameters_[i].tensor;
    Tensor before;
    for (std::size_t k = 0; k < group.chain.size(); ++k) {
      const BlockLink* link = detail::block(group.chain[k]);
      // A link that this parameter has not reached yet has nothing to say.
      if (link == nullptr || !link->evaluates() || slot.t[group.section[k]] == 0) continue;
      if (!before.defined()) before = parameter.clone();
      with_floating(parameter.type(), [&]<class T>() {
        parallel_blocks(parameter.elements(), [&](std::int64_t begin, std::int64_t end) {
          std::array<T*, BlockLink::kMaxStates> states;
          const std::size_t first = slot.first_states[k];
          for (std::size_t s = first; s < slot.first_states[k + 1]; ++s)
            states[s - first] = slot.states[s].template data<T>() + begin;
          link->evaluated(parameter.data<T>() + begin, states.data(), end - begin);
        });
      });
    }
    if (!before.defined()) continue;
    parameter.raise_version();
    kept_.push_back({parameter, before});
  }
}

EvaluationWeights::~EvaluationWeights() {
  for (const Kept& kept : kept_) {
    std::memcpy(kept.parameter.raw(), kept.before.raw(), kept.before.bytes());
    kept.parameter.raise_version();
  }
}

}  // namespace downhill
