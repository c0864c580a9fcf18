#include "downhill/train/detail/head_constants.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "downhill/autodiff/functional.h"
#include "downhill/autodiff/node.h"
#include "downhill/ops/shape.h"

namespace downhill::detail {

double mean_of(const Values& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}
double mean_size_of(const Values& x) {
  double sum = 0;
  for (const double v : x) sum += std::abs(v);
  return sum / static_cast<double>(x.size());
}
double deviation_of(const Values& x) {
  const double mean = mean_of(x);
  double sum = 0;
  for (const double v : x) sum += (v - mean) * (v - mean);
  return std::sqrt(sum / static_cast<double>(x.size()));
}

/// The value at a share of sorted numbers, linear between neighbours.
double quantile_of(const Values& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const double part = at - static_cast<double>(below);
  if (part == 0) return sorted[below];
  return sorted[below] * (1 - part) + sorted[below + 1] * part;
}
double median_of(Values x) {
  std::sort(x.begin(), x.end());
  return quantile_of(x, 0.5);
}

HeadConstants::HeadConstants(const HeadQuestion& question)
    : rows(question.target.elements()),
      columns(outputs_for_number(question.loss)),
      q_(question),
      target_(target_for(question.loss, question.target, columns)) {}

double HeadConstants::get(std::size_t j) const {
  return head.link[j] == LinkFunction::softplus ? std::log(head.c[j]) : head.c[j];
}

void HeadConstants::put(std::size_t j, double a) {
  head.c[j] = head.link[j] == LinkFunction::softplus ? std::exp(a) : a;
}

double HeadConstants::loss() const {
  const NoGraph off;
  const Tensor row = head(Tensor::zeros({1, columns}, Type::f64));
  const auto all = predictions_for(q_.loss, expand(row, {rows, columns}));
  const double mean = q_.loss(all, target_, q_.weight).item();
  return std::isnan(mean) ? kInfinity : mean;
}

double HeadConstants::loss(std::size_t j, double a) {
  const double before = head.c[j];
  put(j, a);
  const double mean = loss();
  head.c[j] = before;
  return mean;
}

Derivatives HeadConstants::derivatives(std::size_t j, double at) const {
  Tensors z, along;
  for (std::size_t i = 0; i < head.size(); ++i) {
    z.push_back(Tensor::full({rows, 1}, i == j ? at : 0, Type::f64));
    along.push_back(Tensor::full({rows, 1}, i == j ? 1 : 0, Type::f64));
  }
  const auto total = [&](const Tensors& x) {
    const Tensor outputs = x.size() == 1 ? x[0] : concat(x, 1);
    return q_.loss.sum(predictions_for(q_.loss, head(outputs)), target_, q_.weight);
  };
  const HessianProduct product(total, z);
  Derivatives d{product.gradient()[j].to_vector(), product(along)[j].to_vector()};
  const NoGraph off;
  const Tensor zeros = Tensor::zeros({rows, columns}, Type::f64);
  const double scale =
      static_cast<double>(rows) /
      q_.loss.total_weight(predictions_for(q_.loss, head(zeros)), target_, q_.weight);
  for (double& v : d.g) v *= scale;
  for (double& v : d.h) v *= scale;
  return d;
}

bool HeadConstants::breaks(double p) const {
  const NoGraph off;
  const Tensor all = Tensor::full({rows, columns}, p, Type::f64);
  const Tensor each = q_.loss.each(predictions_for(q_.loss, all), target_);
  return std::ranges::any_of(each.values<double>(), [](double v) { return std::isnan(v); });
}

}  // namespace downhill::detail
