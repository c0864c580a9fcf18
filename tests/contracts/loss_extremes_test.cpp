// Inputs far out, over the list: value, slope and curvature are finite wherever the true value is.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "downhill/autodiff/functional.h"
#include "tests/contracts/loss_samples.h"

namespace downhill {
namespace {

using namespace contract;

/// What a prediction can be at its ends, in both types.
std::vector<double> ends(Takes takes) {
  switch (takes) {
    case Takes::number:
    case Takes::logit:
    case Takes::class_logits:
    case Takes::cumulative_logits:
    case Takes::continuation_logits:
      return {-1e4, -745, -88.8, 0, 88.8, 745, 1e4};
    case Takes::log_rate:
      return {-1e4, -745, -88.8, 0, 80};
    case Takes::positive:
      return {1e-4, 1, 1e4};
    case Takes::probability:
      return {0, 1};
    case Takes::class_log_probabilities:
      return {-1e4, -745, -88.8, 0};
    case Takes::class_cosines:
      return {-1, 0, 1};
    case Takes::embedding:
      return {-1e4, 0, 1e4};
    case Takes::box:
      return {0, 1e4};
  }
  return {};
}

/// With `end` in every entry of a row of prediction k, or in the first alone, or with the others
/// at the opposite end.
enum class Where { all, first, opposite };
Sample with_end(const Sample& s, std::size_t k, double end, Where where, Type type) {
  Sample changed = s;
  Tensor x = s.predictions[k].clone();
  const std::int64_t width = x.elements() / x.size(0);
  for (std::int64_t i = 0; i < width; ++i)
    if (i == 0 || where == Where::all) x.set(width + i, end);
    else if (where == Where::opposite) x.set(width + i, -end);
  changed.predictions[k] = x;
  for (Tensor& p : changed.predictions) p = p.to(type);
  for (Tensor& y : changed.targets)
    if (y.type() != Type::i64) y = y.to(type);
  return changed;
}

std::string not_finite(const Sample& s) {
  const auto mean = [&](const Tensors& p) { return s.loss(p, s.targets); };
  const auto r = value_and_grad(mean, s.predictions);
  Tensors u;
  for (const Tensor& p : s.predictions) u.push_back(Tensor::ones(p.shape(), p.type()));
  std::string what;
  if (!std::isfinite(r.value.item())) what += " value " + std::to_string(r.value.item());
  const auto look = [&](const char* name, const Tensors& all) {
    for (const double v : joined(all))
      if (!std::isfinite(v)) {
        what += std::string(" ") + name + " " + std::to_string(v);
        return;
      }
  };
  look("slope", r.gradients);
  look("curvature", hvp(mean, s.predictions, u));
  return what;
}

TEST(LossExtremes, FiniteAtTheEnds) {
  for (const Sample& s : samples(6))
    for (std::size_t k = 0; k < s.predictions.size(); ++k)
      for (const double end : ends(s.loss.takes()[std::min(k, s.loss.takes().size() - 1)]))
        for (const Type type : {Type::f64, Type::f32})
          for (const Where where : {Where::all, Where::first, Where::opposite}) {
            if (where == Where::opposite && !(end > 0 && ends(s.loss.takes()[0])[0] < 0)) continue;
            const std::string what = not_finite(with_end(s, k, end, where, type));
            EXPECT_EQ(what, "") << s.loss.name() << " prediction " << k << " at " << end
                                << " where " << static_cast<int>(where)
                                << (type == Type::f32 ? " f32" : " f64");
          }
}

}  // namespace
}  // namespace downhill
