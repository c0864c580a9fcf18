#include "downhill/train/detail/gauges.h"

#include <algorithm>
#include <cmath>

#include "downhill/inspect/critical_rate.h"
#include "downhill/inspect/line_probe.h"
#include "downhill/train/detail/evaluation_mode.h"
#include "downhill/train/detail/tensors_of.h"

namespace downhill::detail {
namespace {

using flat::Vector;

/// Tensors whose numbers stand in the place of the parameters' for the time of a scope.
class Instead {
 public:
  Instead(const Tensors& parameters, const std::vector<Tensor>& numbers) : guard_(parameters) {
    for (std::size_t i = 0; i < numbers.size(); ++i) Tensor(parameters[i]).assign(numbers[i]);
  }

 private:
  ParameterGuard guard_;
};

}  // namespace

bool gauges_are_due(std::int64_t step) {
  while (step >= 10 && step % 10 == 0) step /= 10;
  return step == 1 || step == 3;
}

NamedNumbers read_gauges(nn::Module& model, std::span<const Parameter> parameters,
                         const std::vector<Tensor>& before, const Batch& batch,
                         const LossOf& loss_of, double lr) {
  const EvaluationMode mode(model);
  const Tensors leaves = tensors_of(parameters);
  const auto gradient = [&] { return flatten(gradients(loss_of(batch).mean, leaves)); };
  const Vector after = gradient();
  Vector update = flatten(leaves);
  const Instead old(leaves, before);
  flat::add(update, -1, flatten(leaves));
  const double slope = flat::dot(gradient(), update), end = flat::dot(after, update);
  NamedNumbers gauges;
  if (!(slope < 0) || !std::isfinite(end)) return gauges;
  const double alpha = -end / slope;
  gauges.emplace_back("alpha", alpha);
  const Objective objective([&] { return loss_of(batch).mean; });
  // Where the parabola with these two slopes is as high as at its start: near what is looked for.
  const double level = alpha > -1 ? std::clamp(2 / (1 + alpha), 0.1, 100.0) : 100;
  const CriticalRate critical = critical_rate(
      objective, leaves, update, {.start = level, .tolerance = 1.0 / 8, .largest = 1000});
  if (critical.rate > 0 && std::isfinite(critical.rate))
    gauges.emplace_back("critical_lr", critical.rate * lr);
  return gauges;
}

}  // namespace downhill::detail
