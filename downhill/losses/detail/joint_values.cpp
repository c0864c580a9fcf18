#include "downhill/autodiff/functional.h"
#include "downhill/autodiff/graph_again.h"
#include "downhill/losses/detail/region_loss.h"
#include "downhill/ops/reduce.h"

namespace downhill::detail {
namespace {

using Numbers = RegionFormula::Numbers;
using Index = std::int64_t;

Tensors columns(std::span<const Numbers> sums, std::size_t statistics, Index classes) {
  Tensors all;
  const auto count = static_cast<Index>(sums.size());
  for (std::size_t k = 0; k < statistics; ++k) {
    Tensor one = Tensor::empty({classes > 0 ? count / classes : 0, classes}, Type::f64);
    for (Index i = 0; i < count; ++i) one.data<double>()[i] = sums[static_cast<std::size_t>(i)][k];
    all.push_back(one);
  }
  return all;
}

void spread(const Tensors& from, std::span<Numbers> to) {
  for (std::size_t k = 0; k < from.size(); ++k)
    for (std::size_t i = 0; i < to.size(); ++i) to[i][k] = from[k].data<double>()[i];
}

}  // namespace

std::vector<double> joint_values(const std::function<Tensor(std::span<const Tensor>)>& value,
                                 std::size_t statistics, std::span<const Numbers> sums,
                                 std::span<const Numbers> moved, Index classes,
                                 std::span<Numbers> slopes, std::span<Numbers> moved_slopes) {
  const GraphAgain on;  // this runs inside backward passes too
  const Tensors at = columns(sums, statistics, classes);
  std::vector<double> values;
  // Each value depends on its own sums only, so that the slopes of the total are those of each.
  const auto total = [&](const Tensors& s) {
    const Tensor all = value(s);
    values = all.to_vector();
    return sum(all);
  };
  spread(value_and_grad(total, at).gradients, slopes);
  const std::vector<double> result = values;
  if (!moved_slopes.empty())
    spread(hvp(total, at, columns(moved, statistics, classes)), moved_slopes);
  return result;
}

}  // namespace downhill::detail
