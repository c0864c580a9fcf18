#include "downhill/inspect/directions.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "downhill/autodiff/symmetric_eigen.h"
#include "downhill/core/error.h"
#include "downhill/core/random.h"

namespace downhill {
namespace {

using flat::Vector;

void give_length(std::span<double> row, double length) {
  const double own = flat::length(row);
  flat::scale(row, own > 0 ? length / own : 0);
}

}  // namespace

Vector filter_normalized(const Tensors& parameters, std::uint64_t seed) {
  const bool flat_only =
      std::ranges::none_of(parameters, [](const Tensor& p) { return p.shape().rank() >= 2; });
  Vector direction = flatten(parameters);
  const Vector origin = direction;
  Random random(seed);
  for (double& x : direction) x = random.normal();
  std::size_t at = 0;
  for (const Tensor& p : parameters) {
    const auto size = static_cast<std::size_t>(p.elements());
    const auto rows = p.shape().rank() >= 2 ? static_cast<std::size_t>(p.size(0)) : 1;
    const std::size_t row = rows > 0 ? size / rows : 0;
    for (std::size_t i = 0; i < rows; ++i) {
      const auto part = std::span(direction).subspan(at + i * row, row);
      const bool moves = p.shape().rank() >= 2 || flat_only;
      give_length(part, moves ? flat::length(std::span(origin).subspan(at + i * row, row)) : 0);
    }
    at += size;
  }
  return direction;
}

TrajectoryPlane trajectory_plane(const std::vector<Vector>& points) {
  if (points.size() < 3)
    throw_usage("trajectory_plane",
                "there are " + std::to_string(points.size()) + " points; a plane needs at least 3");
  std::vector<Vector> from;
  for (const Vector& point : points) {
    if (point.size() != points.back().size())
      throw_usage("trajectory_plane", "the points have different lengths");
    from.push_back(point);
    flat::add(from.back(), -1, points.back());
  }
  from.pop_back();
  // The points are few and long: their inner products hold the same spectrum as the covariance.
  const auto m = static_cast<std::int64_t>(from.size());
  std::vector<Vector> inner;
  double total = 0;
  for (const Vector& a : from) inner.push_back(flat::project(from, a));
  for (std::size_t i = 0; i < from.size(); ++i) total += inner[i][i];
  const SymmetricEigen eigen = symmetric_eigen(
      [&](const Vector& v) {
        Vector product;
        for (const Vector& row : inner) product.push_back(flat::dot(row, v));
        return product;
      },
      m);
  const auto component = [&](std::size_t i, double& explained) {
    Vector direction(points.back().size());
    const std::size_t k = eigen.values.size() - 1 - i;
    flat::add_combination(direction, from, eigen.vectors[k]);
    give_length(direction, 1);
    explained = total > 0 ? std::max(0.0, eigen.values[k]) / total : 0;
    return direction;
  };
  TrajectoryPlane plane;
  plane.x = component(0, plane.explained_x);
  plane.y = component(1, plane.explained_y);
  from.emplace_back(points.back().size());  // the last point, the origin
  for (const Vector& point : from) {
    plane.along_x.push_back(flat::dot(plane.x, point));
    plane.along_y.push_back(flat::dot(plane.y, point));
    const double off2 = flat::dot(point, point) - plane.along_x.back() * plane.along_x.back() -
                        plane.along_y.back() * plane.along_y.back();
    plane.off.push_back(std::sqrt(std::max(0.0, off2)));
  }
  return plane;
}

}  // namespace downhill
