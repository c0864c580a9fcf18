#include "downhill/losses/asymmetric.h"

#include <fmt/format.h>

#include "downhill/core/error.h"
#include "downhill/ops/compare.h"

namespace downhill {

void Asymmetric::check(std::span<const Tensor> predictions_given,
                       std::span<const Tensor> targets_given) const {
  if (of.predictions() != 1 || of.targets() != 1)
    throw_usage(name,
                fmt::format("of = {} takes {} prediction(s) and {} target(s); expected one of "
                            "each",
                            of.name(), of.predictions(), of.targets()));
  check_same_type(name.data(), "prediction", predictions_given[0], "target", targets_given[0]);
  check_same_shape(name.data(), "prediction", predictions_given[0], "target", targets_given[0]);
}

Tensor Asymmetric::operator()(const Tensor& prediction, const Tensor& target) const {
  const Type type = prediction.type();
  const Tensor price =
      where(prediction.detach() < target, Tensor::scalar(under, type), Tensor::scalar(over, type));
  Tensor each = of.each(prediction, target, price);
  if (!(each.shape() == prediction.shape()))
    throw_usage(name, fmt::format("of = {} has values of shape {}; expected {}, one per element",
                                  of.name(), each.shape().text(), prediction.shape().text()));
  return each;
}

}  // namespace downhill
