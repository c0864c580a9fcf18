#pragma once
#include <cstdint>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Squared earth mover's distance of classes that have an order (grades, age groups): a near miss
/// costs less than a far one.
///
///     P_c, Y_c = sums of softmax(x) and of the target over the classes up to c
///     L = W sum_c (P_c - Y_c)^2
///
/// with W the class weight of the label, or of a soft target their average.
///
/// Shapes      prediction (N, C), (N, ..., C) or (N, C, ...) logits; target int64 labels, or shares of
///             the same type and shape that sum to 1; one value per row. The class axis as in
///             cross_entropy; neighbours in it are neighbours in the order.
/// Units       squared classes.
/// Gradient    p_c (s_c - sum_k p_k s_k), s_c = 2 sum_(k >= c) (P_k - Y_k); smooth.
/// Mean        over the sum of the class weights of the rows' labels; ignored rows count 0.
/// Throws      UsageError if shapes or types do not fit, a label is outside [0, C), or options are
///             out of range.
/// Source      Hou, Yu and Samaras, arXiv 1611.05916, equation 4.
/// Differs     PyTorch has none; NIMA takes the root of the mean over the classes.
struct EarthMover {
  std::int64_t ignore_index = -100;
  std::vector<double> weight = {};
  std::int64_t axis = 0;

  static constexpr BuiltIn name = "earth_mover";
  static constexpr Range target_range = kNonNegative;
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr auto options() {
    return std::array{option<&EarthMover::ignore_index>(kIgnoreIndex),
                      option<&EarthMover::weight>(kClassWeight), option<&EarthMover::axis>(kAxis)};
  }

  auto row(const auto& x, const auto& target, auto& slope) const {
    const double w = weight.empty() ? 1 : target.average(weight);
    const auto largest = x.max();
    const auto total = x.sum([&](auto v) { return exp(v - largest); });
    const auto share = [&](auto v) { return exp(v - largest) / total; };
    const auto y = target.smoothed(0, {});
    slope.fill(x, y, [&](auto v, auto yc) { return share(v) - yc; });
    slope.prefix_sums();
    const auto value = slope.sum([](auto d) { return d * d; });
    slope.suffix_sums();
    const auto mean = slope.sum(x, [&](auto s, auto v) { return s * share(v); });
    slope.finish(x, [&](auto s, auto v) { return (2 * w) * share(v) * (s - mean); });
    return w * value;
  }
};

}  // namespace downhill
