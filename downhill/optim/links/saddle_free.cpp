#include "downhill/optim/links/saddle_free.h"

#include <algorithm>
#include <cmath>

#include "downhill/autodiff/detail/recurrence.h"
#include "downhill/autodiff/lanczos.h"
#include "downhill/optim/detail/hessian_of_parts.h"
#include "downhill/optim/detail/parts.h"

namespace downhill {

using flat::Vector;

void ScaleBySaddleFree::run(std::span<Part> parts, Context& context) const {
  Vector g(static_cast<std::size_t>(detail::count_elements(parts)));
  detail::gather(parts, &Part::direction, g);
  const double size = flat::length(g);
  if (!(size > 0)) return;
  const LinearOperator hessian = detail::hessian_of_parts(parts, context);
  detail::Recurrence recurrence(hessian, g, 0);
  while (recurrence.steps() < krylov_steps && recurrence.advance() && !recurrence.broke_down()) {
  }
  const detail::TridiagonalEigen eigen = recurrence.eigen();
  double largest = 0;
  for (const double value : eigen.values) largest = std::max(largest, std::abs(value));
  if (!(largest > 0)) return;  // straight down a slope without curvature
  Vector coordinates(eigen.values.size());
  for (std::size_t i = 0; i < eigen.values.size(); ++i) {
    const double along =
        size * eigen.vectors[i].front() / std::max(std::abs(eigen.values[i]), damping * largest);
    for (std::size_t j = 0; j < coordinates.size(); ++j)
      coordinates[j] += along * eigen.vectors[i][j];
  }
  detail::scatter(recurrence.combine(coordinates), parts, &Part::direction);
}

void EscapeSaddle::run(std::span<Part> parts, Context& context) const {
  Vector g(static_cast<std::size_t>(detail::count_elements(parts)));
  detail::gather_gradients(parts, g);
  if (flat::length(g) > gradient_norm) return;
  const LinearOperator hessian = detail::hessian_of_parts(parts, context);
  Lanczos ends = lanczos(hessian, static_cast<std::int64_t>(g.size()),
                         {.steps = static_cast<int>(std::min<std::int64_t>(lanczos_steps, 1000)),
                          .seed = static_cast<std::uint64_t>(context.step.t)});
  Vector& down = ends.smallest.vector;
  const double scale = std::max(std::abs(ends.smallest.value), std::abs(ends.largest.value));
  if (!(ends.smallest.value < -curvature * scale) || scale == 0) return;
  // The direction is subtracted.
  flat::scale(down, flat::dot(g, down) < 0 ? -distance : distance);
  detail::scatter(down, parts, &Part::direction);
}

}  // namespace downhill
