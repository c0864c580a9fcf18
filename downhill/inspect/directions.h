#pragma once
#include <cstdint>
#include <vector>

#include "downhill/autodiff/flat.h"

namespace downhill {

/// A random direction in which every neuron moves in proportion to its weights: of a tensor with
/// several axes each row of the first (a neuron's weights; a filter) has the length of the
/// parameters' row, tensors of one axis (biases) stay. Networks of other scales are comparable then;
/// a saddle's two kinds of curvature still average out.
/// Source  Li, Xu, Taylor, Studer, Goldstein, Visualizing the loss landscape of neural nets, 2018.
/// Where all tensors have one axis at most, all of them move, each by its own length.
std::vector<double> filter_normalized(const Tensors& parameters, std::uint64_t seed);

/// The plane in which a trajectory moves most.
struct TrajectoryPlane {
  std::vector<double> x, y;  ///< unit directions, the first components from the last point
  double explained_x = 0, explained_y = 0;  ///< shares of the squared distance from the last point
  std::vector<double> along_x, along_y;     ///< of each point, from the last
  std::vector<double> off;                  ///< each point's distance from the plane
};

/// Principal components of points seen from the last of them (not centred, so that the last is the
/// origin). UsageError: fewer than 3 points, or of other lengths.
TrajectoryPlane trajectory_plane(const std::vector<std::vector<double>>& points);

}  // namespace downhill
