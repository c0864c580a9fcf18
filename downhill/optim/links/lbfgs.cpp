#include "downhill/optim/links/lbfgs.h"

#include <algorithm>

#include "downhill/optim/detail/vectors.h"

namespace downhill {
namespace {

using detail::inner;
using Vector = std::vector<double>;

// The memory: the last point and gradient, and rows of steps s and gradient changes y; the rows are
// a ring of which `next` is the oldest once it is full.
class History {
 public:
  History(ScaleByLbfgs::Numbers& numbers, std::span<Tensor> memory, std::int64_t limit)
      : numbers_(numbers), memory_(memory), limit_(limit) {}

  std::int64_t size() const { return static_cast<std::int64_t>(numbers_.pairs); }
  /// The i-th oldest pair.
  Vector s(std::int64_t i) const { return row(2, i); }
  Vector y(std::int64_t i) const { return row(3, i); }

  void learn(const Vector& x, const Vector& g) {
    if (numbers_.seen != 0) {
      Vector step = x, change = g;
      detail::add(-1, memory_[0].to_vector(), step);
      detail::add(-1, memory_[1].to_vector(), change);
      if (inner(step, change) > 1e-10) push(step, change);
    }
    numbers_.seen = 1;
    write(x, 0, 0);
    write(g, 1, 0);
  }

 private:
  Vector row(std::size_t which, std::int64_t i) const {
    const std::int64_t at =
        (static_cast<std::int64_t>(numbers_.next) + limit_ - size() + i) % limit_;
    const std::int64_t n = memory_[0].elements();
    const double* from = memory_[which].data<double>() + at * n;
    return Vector(from, from + n);
  }
  void write(const Vector& from, std::size_t which, std::int64_t row) {
    const auto n = static_cast<std::int64_t>(from.size());
    std::copy(from.begin(), from.end(), memory_[which].data<double>() + row * n);
  }
  void push(const Vector& step, const Vector& change) {
    const auto at = static_cast<std::int64_t>(numbers_.next);
    write(step, 2, at);
    write(change, 3, at);
    numbers_.next = static_cast<double>((at + 1) % limit_);
    numbers_.pairs = static_cast<double>(std::min(size() + 1, limit_));
  }

  ScaleByLbfgs::Numbers& numbers_;
  std::span<Tensor> memory_;
  std::int64_t limit_;
};

}  // namespace

StateShapes ScaleByLbfgs::memory(std::int64_t elements) const {
  return {
      {"x", {elements}}, {"g", {elements}}, {"s", {history, elements}}, {"y", {history, elements}}};
}

void ScaleByLbfgs::run(std::span<Part> parts, Context& context) const {
  History past(context.numbers<Numbers>(), context.memory, history);
  const std::vector<Tensor> directions = detail::each(parts, &Part::direction);
  Vector d = detail::flatten(directions);
  past.learn(detail::flatten(detail::each(parts, &Part::parameter)), d);
  const std::int64_t pairs = past.size();
  Vector share(static_cast<std::size_t>(pairs));
  for (std::int64_t i = pairs; i-- > 0;) {
    const Vector s = past.s(i), y = past.y(i);
    share[static_cast<std::size_t>(i)] = inner(s, d) / inner(s, y);
    detail::add(-share[static_cast<std::size_t>(i)], y, d);
  }
  if (pairs > 0) {
    const Vector s = past.s(pairs - 1), y = past.y(pairs - 1);
    const double scale = inner(s, y) / inner(y, y);
    for (double& x : d) x *= scale;
  }
  for (std::int64_t i = 0; i < pairs; ++i) {
    const Vector s = past.s(i), y = past.y(i);
    detail::add(share[static_cast<std::size_t>(i)] - inner(y, d) / inner(s, y), s, d);
  }
  detail::unflatten(d, directions);
}

}  // namespace downhill
