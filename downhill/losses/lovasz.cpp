#include "downhill/losses/lovasz.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"

namespace downhill {
namespace {

using Index = std::int64_t;

/// For each pixel by how much the Jaccard loss grows when it is wrong beside all of larger errors.
Tensor growths(const Tensor& errors, const Tensor& target) {
  const Index images = errors.size(0), pixels = errors.size(1);
  Tensor growth = Tensor::zeros(errors.shape(), errors.type());
  std::vector<Index> order(static_cast<std::size_t>(pixels));
  for (Index n = 0; n < images; ++n) {
    const Index first = n * pixels;
    std::iota(order.begin(), order.end(), Index(0));
    std::stable_sort(order.begin(), order.end(),
                     [&](Index a, Index b) { return errors.at(first + a) > errors.at(first + b); });
    double inside = 0;
    for (Index i = 0; i < pixels; ++i) inside += target.at(first + i);
    double missed = 0, alarms = 0, before = 0;
    for (const Index i : order) {
      (target.at(first + i) == 1 ? missed : alarms) += 1;
      const double jaccard = 1 - (inside - missed) / (inside + alarms);
      growth.set(first + i, jaccard - before);
      before = jaccard;
    }
  }
  return growth;
}

}  // namespace

void Lovasz::check(std::span<const Tensor> p, std::span<const Tensor> y) const {
  if (from == From::class_logits)
    throw_usage(name, "from = class_logits; expected logit or probability (of one class)");
  const Tensor &x = p[0], &target = y[0];
  if (x.rank() < 1) throw_usage(name, "prediction has shape (); expected (N, ...)");
  if (target.type() != x.type())
    throw_usage(name, fmt::format("target has type {}; expected {}, as the prediction",
                                  name_of(target.type()), name_of(x.type())));
  if (!(target.shape() == x.shape()))
    throw_usage(name, fmt::format("prediction has shape {} but target has shape {}; expected "
                                  "equal shapes",
                                  x.shape().text(), target.shape().text()));
  for (Index i = 0; i < target.elements(); ++i)
    if (const double t = target.at(i); t != 0 && t != 1)
      throw_usage(name, fmt::format("target[{}] = {}; expected 0 or 1", i, t));
}

Tensor Lovasz::operator()(const Tensor& prediction, const Tensor& target) const {
  const Index images = prediction.size(0);
  const Shape flat = {images, images == 0 ? 0 : prediction.elements() / images};
  const Tensor x = prediction.reshape(flat), y = target.reshape(flat);
  const Tensor errors = from == From::logit ? 1.0 - x * (y * 2.0 - 1.0) : abs(y - x);
  return sum(relu(errors) * growths(errors.detach(), y), -1);
}

}  // namespace downhill
