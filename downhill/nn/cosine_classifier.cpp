#include "downhill/nn/cosine_classifier.h"

#include <fmt/format.h>

#include "downhill/core/error.h"
#include "downhill/nn/init.h"
#include "downhill/ops/directions.h"
#include "downhill/ops/matmul.h"

namespace downhill::nn {

CosineClassifier::CosineClassifier(std::int64_t features, std::int64_t classes)
    : CosineClassifier(features, classes, default_random()) {}

CosineClassifier::CosineClassifier(std::int64_t features, std::int64_t classes, Random& random) {
  if (features < 1 || classes < 1) throw_usage("cosine_classifier", "sizes must be at least 1");
  weight = Tensor::empty({classes, features});
  for (float& value : weight.values<float>()) value = static_cast<float>(random.normal());
  add("weight", weight);
}

Tensor CosineClassifier::operator()(const Tensor& x) const {
  if (x.rank() != 2 || x.size(1) != weight.size(1))
    throw_usage("cosine_classifier", fmt::format("the input has shape {}; expected (rows, {})",
                                                 x.shape().text(), weight.size(1)));
  return matmul(directions(x), directions(weight), false, true);
}

}  // namespace downhill::nn
