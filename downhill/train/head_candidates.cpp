// Where constants of a head are looked for first.
#include "downhill/train/detail/head_candidates.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace downhill::detail {
namespace {

// Logarithms and log odds of what has no unit: close by in steps of 2, then of 4.
void add_steps(Values& all) {
  constexpr double kNear = 8, kFar = 28;
  for (double a = -kNear; a <= kNear; a += 2) all.push_back(a);
  for (double a = kNear + 4; a <= kFar; a += 4) all.insert(all.end(), {-a, a});
}

}  // namespace

double in_space(double y, Space space) {
  switch (space) {
    case Space::target:
      return y;
    case Space::logarithm:
      return y > 0 ? std::log(y) : std::nan("");
    case Space::log_odds:
      return y > 0 && y < 1 ? std::log(y / (1 - y)) : std::nan("");
  }
  return y;
}

Values quantiles_in(const Values& sorted, Space space, std::int64_t count) {
  Values all;
  for (std::int64_t i = 0; i <= count; ++i) {
    const double v =
        in_space(quantile_of(sorted, static_cast<double>(i) / static_cast<double>(count)), space);
    if (!std::isnan(v)) all.push_back(v);
  }
  return all;
}

Values candidates_beside(const Values& sorted, Space first_space, double first, Space space,
                         std::int64_t count) {
  if (space == Space::target) return quantiles_in(sorted, space, count);
  Values all;
  if (space == Space::log_odds) {
    all = quantiles_in(sorted, space, count);
  } else {
    Values distances;
    for (const double y : sorted) {
      const double d = std::abs(in_space(y, first_space) - first);
      if (!std::isnan(d)) distances.push_back(d);
    }
    std::sort(distances.begin(), distances.end());
    if (!distances.empty()) all = quantiles_in(distances, space, count);
    const Values of_scales = all;
    for (const double scale : of_scales) all.push_back(2 * scale);  // of variances
  }
  add_steps(all);
  std::sort(all.begin(), all.end());
  return all;
}

HeadQuestion fewer_rows(const HeadQuestion& question, std::size_t most) {
  const Values y = question.target.to_vector();
  if (y.size() <= most) return question;
  const Values weight = question.weight.defined() ? question.weight.to_vector() : Values();
  std::vector<std::size_t> order(y.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(y[i], i); });
  HeadQuestion few = question;
  Values target, weights;
  for (std::size_t i = 0; i < most; ++i) {
    const std::size_t row = order[i * (y.size() - 1) / (most - 1)];
    target.push_back(y[row]);
    if (!weight.empty()) weights.push_back(weight[row]);
  }
  few.target = Tensor::from(target);
  if (!weight.empty()) few.weight = Tensor::from(weights);
  return few;
}

}  // namespace downhill::detail
