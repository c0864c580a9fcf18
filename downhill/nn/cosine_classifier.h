#pragma once
#include "downhill/core/random.h"
#include "downhill/nn/module.h"

namespace downhill::nn {

/// The cosine of the angle between each row and each class, whose directions are learned: what
/// arcface and cosface take, and what is compared when it is used (the largest is the class).
///
///     c_ij = x_i w_j / (||x_i|| ||w_j||)
///
///     nn::CosineClassifier classes(features, people);
///     Loss(ArcFace{.margin = 0.5})(classes(embedding(x)), labels).backward();
///
/// One parameter, `weight` (classes, features), from N(0, 1): only its direction counts.
///
/// Shapes      x (rows, features); result (rows, classes), in [-1, 1]; 0 with a row of zeros.
class CosineClassifier : public Module {
 public:
  CosineClassifier(std::int64_t features, std::int64_t classes);
  CosineClassifier(std::int64_t features, std::int64_t classes, Random& random);

  Tensor operator()(const Tensor& x) const;

  Tensor weight;
};

}  // namespace downhill::nn
