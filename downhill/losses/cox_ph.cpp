#include "downhill/losses/cox_ph.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "downhill/core/error.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "downhill/ops/softmax.h"

namespace downhill {
namespace {

using Index = std::int64_t;

/// Row i: the logarithm of how much each row counts in the sum of row i; -inf if not at risk.
Tensor at_risk(const Tensor& time, const Tensor& event, Ties ties) {
  const Index n = time.elements();
  Tensor all = Tensor::full({n, n}, -std::numeric_limits<double>::infinity(), time.type());
  const auto together = [&](Index i, Index j) {
    return event.at(i) == 1 && event.at(j) == 1 && time.at(i) == time.at(j);
  };
  for (Index i = 0; i < n; ++i) {
    Index before = 0, count = 0;
    for (Index j = 0; j < n; ++j)
      if (together(i, j)) before += j < i, ++count;
    const double left = ties == Ties::efron && before > 0
                            ? std::log1p(-static_cast<double>(before) / static_cast<double>(count))
                            : 0;
    for (Index j = 0; j < n; ++j)
      if (time.at(j) >= time.at(i)) all.set(i * n + j, together(i, j) ? left : 0);
  }
  return all;
}

}  // namespace

void CoxPH::check(std::span<const Tensor> p, std::span<const Tensor> y) const {
  const Tensor& x = p[0];
  if (x.rank() != 1)
    throw_usage(name, fmt::format("log_risk has shape {}; expected (N)", x.shape().text()));
  for (std::size_t k = 0; k < 2; ++k) {
    if (y[k].type() != x.type())
      throw_usage(name, fmt::format("{} has type {}; expected {}, as log_risk", targets[k],
                                    name_of(y[k].type()), name_of(x.type())));
    if (!(y[k].shape() == x.shape()))
      throw_usage(name, fmt::format("{} has shape {}; expected {}, as log_risk", targets[k],
                                    y[k].shape().text(), x.shape().text()));
  }
  for (Index i = 0; i < x.elements(); ++i) {
    if (std::isnan(y[0].at(i))) throw_usage(name, fmt::format("time[{}] is NaN", i));
    if (const double e = y[1].at(i); e != 0 && e != 1)
      throw_usage(name, fmt::format("event[{}] = {}; expected 0 or 1", i, e));
  }
}

Tensor CoxPH::operator()(const Tensor& log_risk, const Tensor& time, const Tensor& event) const {
  const Index n = log_risk.elements();
  if (n == 0) return log_risk * 0.0;
  const Tensor among = at_risk(time, event, ties);
  const Tensor sums = logsumexp(expand(unsqueeze(log_risk, 0), {n, n}) + among, -1);
  return where(event > 0.0, sums - log_risk, Tensor::zeros({n}, log_risk.type()));
}

}  // namespace downhill
