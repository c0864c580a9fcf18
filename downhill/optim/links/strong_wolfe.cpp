#include "downhill/optim/links/strong_wolfe.h"

#include <algorithm>
#include <cmath>

#include "downhill/optim/detail/vectors.h"

namespace downhill {
namespace {

using Vector = std::vector<double>;

/// A point of the line: step length, value, slope.
struct Trial {
  double a = 0, f = 0, slope = 0;
};

/// The minimum of the cubic through two trials, kept inside [low, high] (Nocedal and Wright, 3.59).
double cubic_minimum(const Trial& p, const Trial& q, double low, double high) {
  const Trial &left = p.a <= q.a ? p : q, &right = p.a <= q.a ? q : p;
  const double d1 = left.slope + right.slope - 3 * (left.f - right.f) / (left.a - right.a);
  const double square = d1 * d1 - left.slope * right.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const double d2 = std::sqrt(square);
  const double a = right.a - (right.a - left.a) *
                                 ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
  return std::isfinite(a) ? std::clamp(a, low, high) : (low + high) / 2;
}

class Search {
 public:
  Search(const StrongWolfe& options, std::span<Part> parts, Context& context)
      : o_(options),
        parts_(parts),
        context_(context),
        parameters_(detail::each(parts, &Part::parameter)),
        start_(detail::flatten(parameters_)),
        direction_(detail::flatten(detail::each(parts, &Part::direction))),
        zero_{0, context.step.loss, -detail::inner(detail::gradient(parts), direction_)} {}

  /// The accepted step length; 0 if nothing lower was found.
  double run(double first) {
    if (!(zero_.slope < 0) || !std::isfinite(zero_.f)) return 0;
    Trial before = zero_;
    double a = first;
    while (used_ < o_.max_trials) {
      const Trial now = at(a);
      if (!std::isfinite(now.f) || !std::isfinite(now.slope)) {
        a = before.a + (a - before.a) / 2;
        continue;
      }
      if (now.f > bound(now) || (before.a > 0 && now.f >= before.f)) return zoom(before, now);
      if (flat(now)) return now.a;
      if (now.slope >= 0) return zoom(now, before);
      const double low = now.a + 0.01 * (now.a - before.a), high = now.a * 10;
      a = cubic_minimum(before, now, low, high);
      before = now;
    }
    return before.f < zero_.f ? before.a : 0;
  }

  void move(double a) {
    Vector x = start_;
    if (a != 0) detail::add(-a, direction_, x);
    detail::unflatten(x, parameters_);
    for (const Tensor& p : parameters_) p.raise_version();
  }

 private:
  double bound(const Trial& t) const { return zero_.f + o_.c1 * t.a * zero_.slope; }
  bool flat(const Trial& t) const { return std::abs(t.slope) <= -o_.c2 * zero_.slope; }

  Trial at(double a) {
    ++used_;
    move(a);
    const double f = context_.evaluate();
    return {a, f, -detail::inner(detail::gradient(parts_), direction_)};
  }

  // `low` has the lowest value so far that decreases enough; a good step lies between the two.
  double zoom(Trial low, Trial high) {
    bool stalled = false;
    while (used_ < o_.max_trials) {
      const double left = std::min(low.a, high.a), right = std::max(low.a, high.a);
      if ((right - left) * std::abs(zero_.slope) < 1e-16 * std::abs(zero_.f) + 1e-300) break;
      double a = cubic_minimum(low, high, left, right);
      // Too near an end: first accepted once, then moved a tenth inwards.
      const double margin = 0.1 * (right - left);
      if (std::min(right - a, a - left) < margin) {
        if (stalled || a >= right || a <= left) {
          a = right - a < a - left ? right - margin : left + margin;
          stalled = false;
        } else {
          stalled = true;
        }
      } else {
        stalled = false;
      }
      const Trial now = at(a);
      if (!(now.f <= bound(now)) || now.f >= low.f) {
        high = now;
        continue;
      }
      if (flat(now)) return now.a;
      if (now.slope * (high.a - low.a) >= 0) high = low;
      low = now;
    }
    return low.f < zero_.f ? low.a : 0;
  }

  const StrongWolfe& o_;
  const std::span<Part> parts_;
  Context& context_;
  const std::vector<Tensor> parameters_;
  const Vector start_, direction_;
  const Trial zero_;
  std::int64_t used_ = 0;
};

}  // namespace

void StrongWolfe::run(std::span<Part> parts, Context& context) const {
  double first = lr;
  if (shorten_first && context.step.t == 1) {
    double sum = 0;
    for (const double g : detail::gradient(parts)) sum += std::abs(g);
    if (sum > 0) first = std::min(1.0, 1 / sum) * lr;
  }
  Search search(*this, parts, context);
  search.move(search.run(first));
}

}  // namespace downhill
