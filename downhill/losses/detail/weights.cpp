#include "downhill/losses/detail/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "downhill/core/error.h"
#include "downhill/core/parallel.h"

namespace downhill::detail {
namespace {

bool leads(const Shape& some, const Shape& whole) {
  return some.rank() <= whole.rank() && std::equal(some.begin(), some.end(), whole.begin());
}

}  // namespace

void check_weight_values(const std::string& name, const Tensor& weight, Type type) {
  if (weight.type() != type)
    throw_usage(name, fmt::format("weight has type {}; expected {}, as the prediction",
                                  name_of(weight.type()), name_of(type)));
  if (weight.requires_grad())
    throw_usage(name,
                "weight requires a gradient; a loss differentiates predictions only: multiply what "
                "each() gives, or detach() it");
  with_floating(type, [&]<class T>() {
    const auto values = weight.values<T>();
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!(values[i] >= 0 && std::isfinite(values[i])))
        throw_usage(name,
                    fmt::format("weight[{}] = {} is negative, infinite or NaN", i, values[i]));
  });
}

Tensor spread_weight(const std::string& name, const Tensor& weight, Type type, const Shape& items) {
  if (!weight.defined()) return {};
  check_weight_values(name, weight, type);
  if (!leads(weight.shape(), items))
    throw_usage(name, fmt::format("weight has shape {}; expected {}, one for each value of the "
                                  "loss, or its leading axes",
                                  weight.shape().text(), items.text()));
  if (weight.rank() == items.rank()) return weight.detach();
  Tensor spread = Tensor::empty(items, type);
  const std::int64_t each = weight.elements() > 0 ? items.elements() / weight.elements() : 0;
  with_floating(type, [&]<class T>() {
    T* to = spread.data<T>();
    for (const T w : weight.values<T>()) to = std::fill_n(to, each, w);
  });
  return spread;
}

double total_of(const Tensor& weight) {
  return with_floating(weight.type(), [&]<class T>() {
    const std::int64_t n = weight.elements();
    const T* w = weight.data<T>();
    const Tensor partial = Tensor::zeros({std::max<std::int64_t>(1, blocks(n))}, Type::f64);
    double* sums = partial.data<double>();
    parallel_blocks(n, [&](std::int64_t begin, std::int64_t end) {
      double sum = 0;
      for (std::int64_t i = begin; i < end; ++i) sum += static_cast<double>(w[i]);
      sums[begin / kBlock] = sum;
    });
    double total = 0;
    for (const double s : partial.values<double>()) total += s;
    return total;
  });
}

double check_total(const std::string& name, double total, Type type) {
  with_floating(type, [&]<class T>() {
    using Limits = std::numeric_limits<T>;
    if (total != 0 && !(total >= static_cast<double>(Limits::min()) &&
                        total <= static_cast<double>(Limits::max())))
      throw_usage(name,
                  fmt::format("the weights sum to {}, by which no {} can be divided; expected "
                              "0 or {} to {}: scale the weights",
                              total, name_of(type), Limits::min(), Limits::max()));
  });
  return total;
}

}  // namespace downhill::detail
