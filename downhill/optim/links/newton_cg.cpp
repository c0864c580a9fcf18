#include "downhill/optim/links/newton_cg.h"

#include <algorithm>
#include <cmath>

#include "downhill/optim/detail/vectors.h"

namespace downhill {

void ScaleByNewtonCg::run(std::span<Part> parts, Context& context) const {
  using detail::add;
  using detail::inner;
  const std::vector<double> g = detail::flatten(detail::each(parts, &Part::direction));
  const double size = std::sqrt(inner(g, g));
  const double tolerance = std::min(0.5, std::sqrt(size)) * size;
  std::vector<Tensor> direction;
  for (const Part& part : parts)
    direction.push_back(Tensor::empty(part.parameter.shape(), part.parameter.type()));

  std::vector<double> d(g.size(), 0.0), r = g, q = g;  // r: what is left of g - H d
  double rr = inner(r, r);
  for (std::int64_t i = 0; i < max_products && std::sqrt(rr) > tolerance; ++i) {
    detail::unflatten(q, direction);
    const std::vector<double> hq = detail::flatten(context.hessian_product(direction));
    const double curvature = inner(q, hq);
    if (!(curvature > 0)) {
      if (i == 0) d = g;
      break;
    }
    const double step = rr / curvature;
    add(step, q, d);
    add(-step, hq, r);
    const double before = rr;
    rr = inner(r, r);
    for (std::size_t k = 0; k < q.size(); ++k) q[k] = r[k] + rr / before * q[k];
  }
  detail::unflatten(d, detail::each(parts, &Part::direction));
}

}  // namespace downhill
