#include "downhill/catalog/loss_curve.h"

#include <algorithm>
#include <cmath>

#include "downhill/autodiff/functional.h"
#include "downhill/catalog/detail/loss_lines.h"
#include "downhill/core/error.h"

namespace downhill {
namespace {

constexpr double kWidest = 200, kRounding = 1e-11;

/// Wide enough to see where a loss of errors bends: about 4 times the error at which its
/// curvature has fallen to a half, at least 3.
void fit_to_bend(LossSlice& slice) {
  const LossSlice::Line& line = slice.lines.front();
  const double middle = std::abs(point_of(line, 0).curvature);
  if (!(middle > 0)) return;
  for (double error = 1; error < kWidest; error *= 1.25)
    if (!(std::abs(point_of(line, error).curvature) > middle / 2)) {
      slice.high = std::max(3.0, std::ceil(4 * error));
      slice.low = -slice.high;
      return;
    }
}

/// Curvature that is the rounding of the gradient counts as none.
void drop_rounding(LossCurve& curve) {
  double steepest = 0;
  for (const double g : curve.gradient)
    if (std::isfinite(g)) steepest = std::max(steepest, std::abs(g));
  for (double& h : curve.curvature)
    if (std::abs(h) < kRounding * steepest) h = 0;
}

}  // namespace

LossPoint point_of(const LossSlice::Line& line, double x) {
  const auto f = [&](const Tensors& at) { return line.value(at[0]); };
  const Tensors at = {Tensor::scalar(x, Type::f64)}, along = {Tensor::scalar(1, Type::f64)};
  const auto r = value_and_grad(f, at);
  return {r.value.item(), r.gradients[0].item(), hvp(f, at, along)[0].item()};
}

LossSlice slice_of(const Loss& loss) {
  LossSlice slice = detail::lines_of(loss);
  try {
    for (const LossSlice::Line& line : slice.lines) (void)point_of(line, slice.high / 2);
    if (!slice.lines.empty() && slice.axis == detail::kErrorAxis) fit_to_bend(slice);
  } catch (const UsageError&) {  // options that ask for other shapes: one for each of five classes
    slice.lines.clear();
  }
  return slice;
}

LossCurves curves_of(const LossSlice& slice, std::size_t places) {
  LossCurves all{.axis = slice.axis, .about = slice.about};
  for (std::size_t i = 0; i < places; ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(places - 1);
    all.x.push_back(slice.low + part * (slice.high - slice.low));
  }
  for (const LossSlice::Line& line : slice.lines) {
    LossCurve curve{.name = line.name};
    for (const double x : all.x) {
      const LossPoint at = point_of(line, x);
      curve.value.push_back(at.value);
      curve.gradient.push_back(at.gradient);
      curve.curvature.push_back(at.curvature);
    }
    drop_rounding(curve);
    all.curves.push_back(std::move(curve));
  }
  return all;
}

}  // namespace downhill
