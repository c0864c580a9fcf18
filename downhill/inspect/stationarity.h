#pragma once
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "downhill/inspect/line_probe.h"
#include "downhill/inspect/objective.h"
#include "downhill/inspect/spectrum.h"

namespace downhill {

/// Every constant of the measurement.
struct StationarityOptions {
  int steps = 40;             ///< Lanczos steps for the two ends of the spectrum, at most
  double tolerance = 1e-3;    ///< relative residual at which both ends are known well enough
  int krylov_steps = 20;      ///< size of the gradient's Krylov space
  double decrease = 0.01;     ///< descending: the loss can still fall by more than this fraction
  double loss_floor = 1e-12;  ///< fractions are of max(|loss|, this)
  /// A loss that was had: of the best constant, or at the start. The zero of a likelihood means nothing;
  /// where less was gained since than the loss itself, descending is a fraction of that and what is promised.
  std::optional<double> reference = {};
  double flat = 0.01;           ///< ravine: curvature up to this part of h1 is flat,
  double flat_fall = 0.9;       ///< this part of the promised fall lies along flat directions,
  double flat_gradient = 0.25;  ///< and this part of |g|^2
  double nearby = 0.1;   ///< plateau: so far down the gradient, in units of max(1, |parameters|),
  double change = 1e-3;  ///< the loss has changed by less than this fraction
  double curvature = 1e-3;  ///< saddle: hn below minus this part of h1,
  double residuals = 3;     ///< and below minus so many residuals
  double noise = 8;         ///< a fall counts from so many roundings of the loss on
  /// Distances at which the loss is probed both ways along a direction, in units of
  /// max(1, |parameters|).
  std::vector<double> probe_lengths = {1e-5, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1};
  std::int64_t whole = 100;  ///< up to so many parameters all eigenvalues are computed
  /// Where no curvature tells, the loss is asked along all known eigenvectors and so many random
  /// directions, both ways, at distances from `nearest` to `farthest` times max(1, |parameters|).
  int directions = 32;
  double nearest = 1e-3, farthest = 1;
  std::uint64_t seed = 0;  ///< of the Lanczos start vector and the random directions

  /// What 1 of the objective is in units that people know: loss and falls are told in it, while
  /// gradient and curvature stay those of the objective, to which learning rates belong.
  double unit = 1;

  std::stop_token stop = {};                            ///< asked between products
  std::function<void(int done, int of)> progress = {};  ///< products and probes; `of` at most
};

/// Where on the landscape a point stands, with all the evidence.
struct Stands {
  std::string stands = "unknown";  ///< a word of State: descending, ravine, plateau, ...
  std::string reason = {};         ///< one sentence
  std::int64_t parameters = 0;
  double unit = 1;  ///< of loss and falls; see StationarityOptions
  std::optional<double> loss = {};
  std::optional<double> gradient_norm = {};
  std::optional<double> h1 = {};  ///< largest eigenvalue of the Hessian
  std::optional<double> h1_residual = {};
  std::optional<double> hn = {};  ///< smallest eigenvalue
  std::optional<double> hn_residual = {};
  std::optional<double> hn_limit = {};  ///< a saddle's hn is below it
  int spectrum_steps = 0;
  bool spectrum_converged = false;
  std::optional<double> predicted_decrease = {};  ///< of the loss, by the quadratic model
  std::optional<double> quadratic_decrease = {};  ///< the same as a fraction of the loss
  std::optional<double> rounding_decrease =
      {};  ///< falls below it are lost in the parameters' rounding
  std::optional<double> unbounded_share = {};  ///< of |g|^2 along Ritz values that are not positive
  /// The parts of the promised fall and of |g|^2 along curvature up to `flat` h1.
  std::optional<double> flat_fall = {}, flat_gradient = {};
  std::optional<double> probe_decrease = {};  ///< loss minus the lowest along hn's vector
  std::optional<LineProbe> along_hn = {};
  std::vector<double> eigenvalues = {};  ///< all, rising; empty above `whole` parameters
  /// Unit direction in which a saddle's loss falls, all parameters in order.
  std::vector<double> downhill_direction = {};
  std::optional<LineProbe> along_gradient = {};  ///< where the quadratic model is blind
  std::optional<int> kink_sides = {};  ///< at a kink: gradients around it that were asked for
  std::vector<std::pair<std::string, double>> constants = {};  ///< every constant that was used
};

/// Where the objective stands at the parameters' present numbers:
///
/// - *plateau*: a step of `nearby` of the parameters' length down the gradient changes the loss by
///   less than `change` of itself, and yet farther on it really falls, by more than `decrease` of
///   itself; where a saddle's negative curvature lies across the gradient it is a saddle's edge;
/// - else at a kink, where gradient and curvature are those of one side only: *descending* where the
///   gradients of its sides have a combination that leads down, and the loss really falls that way
///   (kink.h); *minimum* where they hold each other; *unknown* where few parameters show neither;
/// - else *descending*: the quadratic model on the gradient's Krylov space, positive Ritz values only,
///   says that the loss can still fall by more than `decrease` of itself (or of what was gained since
///   `reference`); or, where at least half
///   of the gradient lies along curvature that is not positive and the model knows no lowest point,
///   the loss really falls by as much along the gradient. It is a *ravine* where nearly all of the
///   promised fall, and much of the gradient, lies along curvature far below h1: the walls allow no
///   rate above 2 / h1, with which the flat directions take hundreds of steps;
/// - else *saddle*: hn < -max(curvature h1, residuals * residual of hn), and the loss really falls
///   along its direction; or a degenerate one: the smallest eigenvalue (of all, up to `whole`
///   parameters; above, all curvature) is 0 to tolerance, and the loss really falls along an
///   eigenvector or a random direction, by more than the slope accounts for;
/// - or *descending* along the flattest direction, whose curvature is not positive, where the slope along
///   it accounts for a real fall;
/// - else *minimum*: flat to tolerance, never "global";
/// - *unknown*: loss, gradient or curvature is not finite, or the measurement was stopped.
///
/// The parameters are written to while the loss is probed and have their old bits at the end, also
/// when the objective throws; their version rises, so graphs recorded before are stale.
/// UsageError: no parameters, one that is not a leaf, an option out of its range.
Stands stationarity(const Objective& objective, const Tensors& parameters,
                    const StationarityOptions& options = {});

/// The verdict with its figures, several lines.
std::string explain(const Stands& stands);

}  // namespace downhill
