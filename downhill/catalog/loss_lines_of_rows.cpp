#include <fmt/format.h>

#include "downhill/catalog/detail/loss_lines.h"
#include "downhill/core/error.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/softmax.h"

// The lines of losses that compare rows, boxes or sequences.

namespace downhill::detail {
namespace {

/// Rows of two views: the plane's axes, and they turned by x.
Tensor turned(const Tensor& x) { return joined({cos(x), sin(x), -sin(x), cos(x)}, {2, 2}); }

/// What stands for "not alike": -1, or 0 where that is refused.
double lowest_target(const std::function<Tensor(const Tensor&, double)>& of) {
  try {
    of(Tensor::scalar(1, Type::f64), -1);
    return -1;
  } catch (const UsageError&) {
    return 0;
  }
}

}  // namespace

LossSlice of_embeddings(const Loss& loss) {
  const Tensor axes = numbers({1, 0, 0, 1}, {2, 2});
  LossSlice slice{"angle between the two, in radians", "", 0.02, 3.12, {}};
  if (loss.predictions() == 3) {
    slice.axis = "distance of anchor and positive";
    slice.about = "in the plane, the negative at a distance of 2 from the anchor";
    slice.low = 0.02;
    slice.high = 4;
    slice.lines.push_back({"", [=](const Tensor& x) {
                             const Tensor a = numbers({1, 0}, {1, 2}), n = numbers({1, 2}, {1, 2});
                             return loss({a, along(x, a, numbers({1, 0}, {1, 2})), n});
                           }});
  } else if (loss.predictions() == 2 && loss.targets() == 1) {
    const auto of = [=](const Tensor& x, double y) {
      return loss({numbers({1, 0}, {1, 2}), joined({cos(x), sin(x)}, {1, 2})}, number(y));
    };
    for (const double y : {1.0, lowest_target(of)})
      slice.lines.push_back(
          {fmt::format("target {}", y), [=](const Tensor& x) { return of(x, y); }});
  } else if (loss.predictions() == 2) {
    slice.axis = "angle between the views of a row, in radians";
    slice.about = "two rows at right angles";
    slice.lines.push_back({"", [=](const Tensor& x) { return loss({axes, turned(x)}); }});
  } else if (loss.takes_labels()) {
    slice.axis = "angle between rows of one label, in radians";
    slice.about = "two labels of two rows each; the first of both at right angles";
    slice.lines.push_back({"", [=](const Tensor& x) {
                             const Tensor y = Tensor::from(std::vector<std::int64_t>{0, 1, 0, 1});
                             return loss(concat({axes, turned(x)}), y);
                           }});
  } else {
    slice.lines.push_back({"", [=](const Tensor& x) {
                             return loss(joined({cos(x), sin(x)}, {1, 2}), numbers({1, 0}, {1, 2}));
                           }});
  }
  return slice;
}

LossSlice of_boxes(const Loss& loss) {
  const Tensor unit = numbers({0, 0, 1, 1}, {1, 4});
  LossSlice slice{"shift of one unit box against another", "", -2.5, 2.5, {}};
  slice.lines.push_back({"", [=](const Tensor& x) {
                           return loss(along(x, unit, numbers({1, 0, 1, 0}, {1, 4})), unit);
                         }});
  return slice;
}

LossSlice of_two_targets(const Loss& loss) {
  if (loss.takes()[0] == Takes::number) {
    LossSlice slice{
        "log risk of the first of three", "events at times 1, 2, 3; other log risks 0", -6, 6, {}};
    slice.lines.push_back({"", [=](const Tensor& x) {
                             return loss(along(x, numbers({0, 0, 0}, {3}), numbers({1, 0, 0}, {3})),
                                         {numbers({1, 2, 3}, {3}), numbers({1, 1, 1}, {3})});
                           }});
    return slice;
  }
  LossSlice slice{"logit of the label in each of three frames", "blank's logit 0", -6, 6, {}};
  slice.lines.push_back({"", [=](const Tensor& x) {
                           const Tensor none = Tensor::zeros({}, Type::f64);
                           const Tensor frames = joined({none, x, none, x, none, x}, {1, 3, 2});
                           return loss(log_softmax(frames), {label(1).reshape({1, 1}), label(3)});
                         }});
  return slice;
}

}  // namespace downhill::detail
