#pragma once
#include <array>
#include <utility>

#include "downhill/formula/dual_math.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {

/// What boxes have along one axis, from which their losses are made: lengths of the intersection,
/// of each box (0 where its ends are the wrong way round) and of what encloses both.
template <class P, class Y>
struct BoxAxis {
  P low, high;
  Y true_low, true_high;
  P shared = min(high, true_high) - max(low, true_low), length = high - low;

  P both = max(shared, 0.0), own = max(length, 0.0);
  Y other = max(true_high - true_low, 0.0);
  P around = max(high, true_high) - min(low, true_low);

  /// Slopes by `low` and `high` of a value with these slopes by `both`, `own` and `around`; where
  /// two ends are one, that of the target's end, as max and min have it: 0.
  std::pair<P, P> slopes(const P& by_both, const P& by_own, const P& by_around) const {
    const P b = where(shared <= 0.0, 0.0, by_both), o = where(length <= 0.0, 0.0, by_own);
    return {-(where(low <= true_low, 0.0, b) + o + where(true_low <= low, 0.0, by_around)),
            where(true_high <= high, 0.0, b) + o + where(high <= true_high, 0.0, by_around)};
  }
};

/// Both axes of a predicted and a true box x1, y1, x2, y2, and both / (either + eps).
template <class P, class Y>
struct BoxPair {
  BoxPair(const std::array<P, 4>& p, const std::array<Y, 4>& t, double added)
      : x{p[0], p[2], t[0], t[2]}, y{p[1], p[3], t[1], t[3]}, eps(added) {}
  BoxAxis<P, Y> x, y;
  double eps;
  P both = x.both * y.both;
  P either = x.own * y.own + x.other * y.other - both;
  P divisor = either + eps, overlap = both / divisor, inverse = 1 / divisor;
  P by_both = -inverse, by_either = overlap * inverse;  ///< slopes of 1 - overlap

  /// Slopes by the prediction's numbers of a value with these slopes: by both and either, by what
  /// encloses them along each axis, and by the prediction's own width and height beside its area.
  std::array<P, 4> slopes(const P& of_both, const P& of_either, const P& by_around_x = P(0.0),
                          const P& by_around_y = P(0.0), const P& by_width = P(0.0),
                          const P& by_height = P(0.0)) const {
    const P by_inner = of_both - of_either;
    const auto [x1, x2] = x.slopes(by_inner * y.both, of_either * y.own + by_width, by_around_x);
    const auto [y1, y2] = y.slopes(by_inner * x.both, of_either * x.own + by_height, by_around_y);
    return {x1, y1, x2, y2};
  }
};
template <class P, class Y>
BoxPair(const std::array<P, 4>&, const std::array<Y, 4>&, double) -> BoxPair<P, Y>;

/// The square of the distance of the centres over that of the enclosing box's diagonal.
template <class P>
struct CentreDistance {
  template <class Y>
  explicit CentreDistance(const BoxPair<P, Y>& boxes)
      : x((boxes.x.low + boxes.x.high) - (boxes.x.true_low + boxes.x.true_high)),
        y((boxes.y.low + boxes.y.high) - (boxes.y.true_low + boxes.y.true_high)),
        diagonal(boxes.x.around * boxes.x.around + boxes.y.around * boxes.y.around + boxes.eps),
        value(0.25 * (x * x + y * y) / diagonal),
        by_around_x(-2.0 * value / diagonal * boxes.x.around),
        by_around_y(-2.0 * value / diagonal * boxes.y.around) {}

  /// The slopes of a sum with it, where `rest` already holds those by what encloses the boxes.
  std::array<P, 4> added(const std::array<P, 4>& rest) const {
    const P by_x = 0.5 * x / diagonal, by_y = 0.5 * y / diagonal;
    return {rest[0] + by_x, rest[1] + by_y, rest[2] + by_x, rest[3] + by_y};
  }

  P x, y;  // of the centres, twice
  P diagonal, value, by_around_x, by_around_y;
};
template <class P, class Y>
CentreDistance(const BoxPair<P, Y>&) -> CentreDistance<P>;

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
