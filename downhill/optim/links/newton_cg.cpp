#include "downhill/optim/links/newton_cg.h"

#include <algorithm>
#include <cmath>

#include "downhill/optim/detail/hessian_of_parts.h"
#include "downhill/optim/detail/parts.h"

namespace downhill {
using flat::Vector;

void ScaleByNewtonCg::run(std::span<Part> parts, Context& context) const {
  Vector g(static_cast<std::size_t>(detail::count_elements(parts)));
  detail::gather(parts, &Part::direction, g);
  const double size = flat::length(g);
  double& first = context.numbers<Numbers>().first;
  if (first == 0) first = size;
  const double tolerance = std::min(0.5, std::sqrt(size / first)) * size;

  const LinearOperator hessian = detail::hessian_of_parts(parts, context);
  Vector d(g.size()), r = g, q = g;  // r: what is left of g - H d
  double rr = flat::dot(r, r);
  for (std::int64_t i = 0; i < max_products && std::sqrt(rr) > tolerance; ++i) {
    const Vector hq = hessian(q);
    const double curvature = flat::dot(q, hq);
    if (!(curvature > 0)) {
      // The step of Newton's method on the mirrored parabola.
      if (i == 0) flat::add(d, curvature < 0 ? rr / -curvature : 1, g);
      break;
    }
    const double step = rr / curvature, before = rr;
    flat::add(d, step, q);
    flat::add(r, -step, hq);
    rr = flat::dot(r, r);
    flat::scale(q, rr / before);
    flat::add(q, 1, r);
  }
  detail::scatter(d, parts, &Part::direction);
}

}  // namespace downhill
