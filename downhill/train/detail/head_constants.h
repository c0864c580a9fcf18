#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "downhill/autodiff/functional.h"
#include "downhill/train/head.h"

namespace downhill::detail {

using Values = std::vector<double>;

double mean_of(const Values& x);
double mean_size_of(const Values& x);
double deviation_of(const Values& x);
/// The value at a share of sorted numbers, linear between neighbours.
double quantile_of(const Values& sorted, double share);
double median_of(Values x);

/// Over all rows: slope g and curvature h of a row's loss in one output z, scaled so that their
/// means are those of the mean loss.
struct Slopes {
  double mean_g = 0, mean_size_g = 0, deviation_g = 0;
  double mean_h = 0, mean_size_h = 0, largest_h = 0;
  std::int64_t moving = 0;  ///< rows with a slope that is not 0
  std::int64_t curved = 0;  ///< rows whose curvature is larger than was asked for
};

/// Slopes and curvatures of the mean loss in two outputs: g0, g1; h00, h01, h11.
struct Bowl {
  std::array<double, 2> g{};
  std::array<double, 3> h{};
};

/// A head under way, and what the loss of all rows is with its constants for predictions.
class HeadConstants {
 public:
  explicit HeadConstants(const HeadQuestion& question);

  // What is searched: c, or the logarithm of a softplus's, which is a prediction itself.
  double get(std::size_t j) const;
  void put(std::size_t j, double a);
  /// Moves the j-th by a step in its output.
  void move(std::size_t j, double step);

  /// The mean loss with the constants as they are; inf where it is NaN.
  double loss() const;
  /// ... with another one in the place of the j-th.
  double loss(std::size_t j, double a);
  /// At z_j = `at` of one output, the others at 0; `curved` counts curvatures beyond `beyond`.
  Slopes slopes(std::size_t j, double at = 0, double beyond = 0) const;
  /// At z = 0 of a head of two outputs.
  Bowl bowl() const;
  /// Moves both constants by Newton's steps until the loss no longer falls; false where it is no bowl.
  bool descend_together();
  /// Whether the loss of some row is NaN where every prediction is p.
  bool breaks(double p) const;

  Head head;
  std::int64_t rows, columns;

 private:
  /// Rows begin .. end-1: what a pass over so many keeps is freed before the next.
  struct Piece {
    std::int64_t rows;
    Tensor target, weight;
  };
  std::vector<Piece> pieces() const;
  /// Of the loss of a piece, not yet scaled, at z_j = `at` of one output, the others at 0.
  HessianProduct product(const Piece& piece, std::size_t j, double at) const;
  /// The direction of one output.
  Tensors along(const Piece& piece, std::size_t j) const;
  /// Slope and curvature of each row of a piece, not yet scaled.
  std::array<Values, 2> derivatives(const Piece& piece, std::size_t j, double at) const;
  double total_weight() const;

  const HeadQuestion& q_;
};

}  // namespace downhill::detail
