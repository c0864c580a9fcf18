#pragma once
#include <functional>
#include <string>
#include <vector>

#include "downhill/losses/loss.h"

namespace downhill {

/// A loss along one line through its inputs: its value, gradient and curvature over x.
struct LossCurve {
  std::string name = {};  ///< "" where there is one; "y = 1", "quantile_0.9", ...
  std::vector<double> value = {}, gradient = {}, curvature = {};
};
struct LossCurves {
  std::string axis;   ///< what x is: "prediction - target", "logit", ...
  std::string about;  ///< what is held: "target 0", "three classes, the others' logits 0", ...
  std::vector<double> x = {};
  std::vector<LossCurve> curves = {};
};

/// The line that shows most of a loss, from what it takes: the error of a number, the logit of one of
/// two, the label's logit beside two others, the angle of two embeddings, the shift of a box.
struct LossSlice {
  struct Line {
    std::string name;
    std::function<Tensor(const Tensor& x)> value;  ///< of a scalar, float64
  };
  std::string axis, about;
  double low, high;
  std::vector<Line> lines;
};

/// The slice of a loss; without lines where none could be made.
LossSlice slice_of(const Loss& loss);

/// The curves of a slice at so many places. Curvature that is the rounding of the gradient is 0.
LossCurves curves_of(const LossSlice& slice, std::size_t places);

/// Value, gradient and curvature of a line at one place.
struct LossPoint {
  double value, gradient, curvature;
};
LossPoint point_of(const LossSlice::Line& line, double x);

}  // namespace downhill
