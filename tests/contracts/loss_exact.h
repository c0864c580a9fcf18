#pragma once
#include <cmath>
#include <vector>

#include "tests/contracts/loss_case.h"

// What a case's oracle says of its inputs, and how ours compares.

namespace downhill {
namespace contract {

/// Gradient and Hessian-vector product along u of the weighted sum, in 113 bits.
struct Exact {
  Reals gradient, product;
};

inline std::vector<Reals> all_reals(const Tensors& t) {
  std::vector<Reals> r;
  for (const Tensor& x : t) r.push_back(reals(x));
  return r;
}

inline Exact exact(const Case& c, const Tensors& at, const Tensors& u, const Reals& weight) {
  std::vector<Reals> x = all_reals(at);
  for (std::size_t k = 0; k < u.size(); ++k)
    for (std::size_t j = 0; j < x[k].size(); ++j) x[k][j].along = reals(u[k])[j].value;
  Exact result;
  for (Reals& input : x)
    for (Real& one : input) {
      one.by_input = 1;
      const Real total = c.sum(x, weight);
      one.by_input = 0;
      result.gradient.push_back(oracle::held(total.by_input));
      result.product.push_back(oracle::held(total.both));
    }
  return result;
}

/// The value of each item.
inline Reals exact_items(const Case& c, const Tensors& at, std::size_t items) {
  const std::vector<Reals> x = all_reals(at);
  Reals result, one(items, 0);
  for (std::size_t i = 0; i < items; ++i) {
    one[i] = 1;
    result.push_back(c.sum(x, one));
    one[i] = 0;
  }
  return result;
}

/// The same loss and inputs in another type.
inline Case in_type(const Case& c, Type type) {
  Case typed = c;
  const auto change = [&](Tensor& t) {
    if (t.defined() && t.type() != Type::i64) t = t.to(type);
  };
  for (Tensor& p : typed.predictions) change(p);
  for (Tensor& y : typed.targets) change(y);
  change(typed.target);
  return typed;
}

/// max |ours - reference| / max(|reference|, 1e-3 of the largest entry).
inline double worst_error(const std::vector<double>& ours, const Reals& reference) {
  Real largest = 0;
  for (const Real& r : reference) largest = std::max(largest, fabs(r));
  Real worst = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    // Where every true entry is 0 the differences are rounding: compared absolutely.
    const Real scale =
        largest < 1e-9 ? Real(1) : std::max(fabs(reference[i]), largest * Real(1e-3));
    const Real error = fabs(Real(ours[i]) - reference[i]) / scale;
    if (!(error <= worst)) worst = error;
  }
  return static_cast<double>(worst);
}

}  // namespace contract
}  // namespace downhill
