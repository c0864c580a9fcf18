#pragma once
#include <vector>

#include "downhill/inspect/objective.h"

namespace downhill {

struct KinkOptions {
  double radius = 1e-5;                ///< so far from the point its sides are asked
  double least = 0;                    ///< a slope up to it is none
  std::vector<double> distances = {};  ///< at which the loss is asked along a way down
  double enough = 0;                   ///< a fall by more ends the walk
  double noise = 8;                    ///< a fall counts from so many roundings of the loss on
  int sides = 20;  ///< gradients at most: they tell of all directions of fewer parameters
  int steps = 20;  ///< at most
};

/// A walk down from a point beside which the gradient jumps, as at the edge of |x|.
struct KinkWalk {
  int sides = 1;          ///< gradients that were asked for around the point
  double slope = 0;       ///< the length of their shortest convex combination
  bool balanced = false;  ///< no combination is longer than `least`: the sides hold each other
  double fall = 0;        ///< of the loss, after `steps`
  int steps = 0;
};

/// Whether the loss has a kink within `radius`: down the gradient it does not fall as the slope
/// says, and curvature up to `h1` does not explain it. `noise` of the loss is rounding.
bool is_kink(const Objective& objective, const Tensors& parameters, const LocalModel& here,
             double radius, double h1, double noise);

/// Each step goes down minus the shortest convex combination of the gradients around the point,
/// which are gathered one by one where the last such way does not fall, to the lowest loss at one of
/// the distances (Wolfe, A method of conjugate subgradients, 1975; Burke, Lewis and Overton, SIAM J.
/// Optim. 15, 2005). The parameters have their old bits at the end.
KinkWalk walk_from_kink(const Objective& objective, const Tensors& parameters,
                        const LocalModel& here, const KinkOptions& options);

}  // namespace downhill
