#include "downhill/optim/links/strong_wolfe.h"

#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/optim/detail/line_search.h"
#include "downhill/optim/detail/parts.h"

namespace downhill {
namespace {

using Numbers = std::span<double>;
using detail::Trial;

// The first step along a gradient is this part of the largest parameter.
constexpr double kFirst = 1e-3;
// Sums of positive terms are good to so many roundings.
constexpr double kRoundings = 16;

/// The first trial along the gradient itself: as Hager and Zhang's CG_DESCENT begins, by the size
/// of the parameters, or where they are 0 by the value; both ways it follows the unit of the loss.
double first_length(Numbers x, Numbers gradient, double value) {
  const double steepest = flat::largest(gradient), size = flat::largest(x);
  if (size > 0) return kFirst * size / steepest;
  if (value != 0) return kFirst * std::abs(value) / flat::dot(gradient, gradient);
  return kFirst / steepest;
}

/// The line from the start against the direction.
class Line {
 public:
  Line(std::span<Part> parts, Context& context, Numbers start, Numbers direction, Numbers scratch)
      : parts_(parts), context_(context), start_(start), direction_(direction), scratch_(scratch) {}

  Trial at(double a) {
    place(a);
    const double f = context_.evaluate();
    detail::gather_gradients(parts_, scratch_);
    return {a, f, -flat::dot(scratch_, direction_)};
  }
  void place(double a) {
    flat::combine(scratch_, start_, -a, direction_);
    detail::scatter(a == 0 ? start_ : scratch_, parts_, &Part::parameter);
    for (const Part& part : parts_) part.parameter.raise_version();
  }

 private:
  std::span<Part> parts_;
  Context& context_;
  Numbers start_, direction_, scratch_;
};

/// Moves to an accepted step, or leaves the parameters and returns false.
bool search(const detail::WolfeRule& rule, Line line, const Trial& zero, double first) {
  const Trial found =
      detail::search_line(rule, zero, first, [&line](double a) { return line.at(a); });
  line.place(found.a);
  return found.a > 0;
}

}  // namespace

void StrongWolfe::check() const {
  if (!(c1 < c2))
    throw_usage(name, "c1 is " + print_option(c1) + " and c2 is " + print_option(c2) +
                          "; expected c1 < c2, else there may be no step that fulfils both");
}

void StrongWolfe::run(std::span<Part> parts, Context& context) const {
  check();
  const std::int64_t n = detail::count_elements(parts);
  const Tensor own = Tensor::empty({4, n}, Type::f64);
  const auto row = [&, all = detail::numbers_of(own)](std::size_t i) {
    return all.subspan(i * static_cast<std::size_t>(n), static_cast<std::size_t>(n));
  };
  const Numbers start = row(0), gradient = row(1), direction = row(2), scratch = row(3);
  detail::gather(parts, &Part::parameter, start);
  detail::gather(parts, &Part::direction, direction);
  detail::gather_gradients(parts, gradient);
  const detail::WolfeRule rule{c1, c2, max_trials, kRoundings * detail::unit_roundoff(parts)};
  const auto zero = [&](Numbers along) {
    return Trial{0, context.step.loss, -flat::dot(gradient, along)};
  };
  const double first = lr * first_length(start, gradient, context.step.loss);
  if (!std::equal(direction.begin(), direction.end(), gradient.begin()) &&
      search(rule, {parts, context, start, direction, scratch}, zero(direction), lr))
    return;
  search(rule, {parts, context, start, gradient, scratch}, zero(gradient), first);
}

}  // namespace downhill
