#include "downhill/optim/detail/line_search.h"

#include <algorithm>
#include <cmath>

namespace downhill::detail {
namespace {

// A longer step is beyond the last trial by 1.1 to 10 times what that was beyond the one before.
constexpr double kLeastGrowth = 1.1, kMostGrowth = 10;
// A trial that is not finite is that part of the way from the last good one.
constexpr double kRetreat = 0.1;
// An interval that two trials do not shorten to this is halved.
constexpr double kShrink = 0.66;

// Slopes that differ by less than this part are the same for the purpose of finding noise, which is
// never taken for more than that part of the value.
constexpr double kSameSlope = 0.1, kMostNoise = 1e-9;

bool finite(const Trial& t) { return std::isfinite(t.f) && std::isfinite(t.slope); }

/// The minimum of the cubic through two trials (Nocedal and Wright, 3.59); NaN if it has none.
double cubic_minimum(const Trial& p, const Trial& q) {
  const Trial &left = p.a <= q.a ? p : q, &right = p.a <= q.a ? q : p;
  const double d1 = left.slope + right.slope - 3 * (left.f - right.f) / (left.a - right.a);
  const double d2 = std::sqrt(d1 * d1 - left.slope * right.slope);
  return right.a -
         (right.a - left.a) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
}

/// The minimum of the parabola through p, its slope and the value of q.
double parabola_minimum(const Trial& p, const Trial& q) {
  const double width = q.a - p.a;
  return p.a - 0.5 * p.slope * width / ((q.f - p.f) / width - p.slope);
}

class Search {
 public:
  Search(const WolfeRule& rule, const Trial& zero, const std::function<Trial(double)>& at)
      : rule_(rule), zero_(zero), evaluate_(at), noise_(rule.rounding * std::abs(zero.f)) {}

  Trial run(double first) {
    Trial before = zero_;
    double a = first, limit = 0;  // limit: the shortest step that was not finite
    while (used_ < rule_.max_trials) {
      const Trial now = at(a);
      if (!finite(now)) {
        limit = a;
        a = before.a + kRetreat * (a - before.a);
        continue;
      }
      if (good(now)) return now;
      if (high(now) || (before.a > 0 && now.f > before.f + noise_)) return zoom(before, now);
      if (now.slope >= 0) return zoom(now, before);
      double longest = now.a + kMostGrowth * (now.a - before.a);
      if (limit > 0) longest = std::min(longest, (now.a + limit) / 2);
      const double least = std::min(now.a + kLeastGrowth * (now.a - before.a), longest);
      const double cubic = cubic_minimum(before, now);
      a = cubic > now.a ? std::clamp(cubic, least, longest) : longest;
      before = now;
    }
    return lower(before);
  }

 private:
  bool same(const Trial& t) const { return std::abs(t.f - zero_.f) <= noise_; }
  bool high(const Trial& t) const {
    return !same(t) && !(t.f <= zero_.f + rule_.c1 * t.a * zero_.slope);
  }
  bool good(const Trial& t) const {
    return !high(t) && std::abs(t.slope) <= -rule_.c2 * zero_.slope;
  }
  Trial lower(const Trial& t) const { return t.f < zero_.f ? t : zero_; }

  Trial at(double a) {
    ++used_;
    const Trial t = evaluate_(a);
    learn_noise(t);
    return t;
  }

  // Between two points of nearly the same slope down a smooth function cannot rise: what it rises
  // by is noise, of terms that cancel in it.
  void learn_noise(const Trial& t) {
    const double rise = t.f - zero_.f;
    if (rise > noise_ && rise <= kMostNoise * std::abs(zero_.f) &&
        std::abs(t.slope - zero_.slope) <= kSameSlope * -zero_.slope)
      noise_ = rise;
  }

  /// Between `low`, the lowest trial that decreases enough, and `far` lies a good step.
  Trial zoom(Trial low, Trial far) {
    double width = std::abs(far.a - low.a), before = 2 * width;
    while (used_ < rule_.max_trials) {
      const double left = std::min(low.a, far.a), right = std::max(low.a, far.a);
      double a = between(low, far);
      if (!(a > left && a < right)) a = left + (right - left) / 2;
      if (width > kShrink * before) a = left + (right - left) / 2;
      if (!(a > left && a < right)) break;  // nothing lies between the two
      const Trial now = at(a);
      if (finite(now) && good(now)) return now;
      if (!finite(now) || high(now) || now.f > low.f + noise_) {
        far = now;
      } else {
        if (now.slope * (far.a - low.a) >= 0) far = low;
        low = now;
      }
      before = width;
      width = std::abs(far.a - low.a);
    }
    return lower(low);
  }

  double between(const Trial& low, const Trial& far) const {
    if (!finite(far)) return low.a + kRetreat * (far.a - low.a);
    const double cubic = cubic_minimum(low, far);
    if (far.f <= low.f) return cubic;
    const double parabola = parabola_minimum(low, far);
    return std::abs(cubic - low.a) < std::abs(parabola - low.a) ? cubic : (cubic + parabola) / 2;
  }

  const WolfeRule& rule_;
  const Trial zero_;
  const std::function<Trial(double)>& evaluate_;
  double noise_;  // differences of values up to it mean nothing
  std::int64_t used_ = 0;
};

}  // namespace

Trial search_line(const WolfeRule& rule, const Trial& zero, double first,
                  const std::function<Trial(double)>& at) {
  if (!(zero.slope < 0) || !finite(zero) || !(first > 0)) return zero;
  return Search(rule, zero, at).run(first);
}

}  // namespace downhill::detail
