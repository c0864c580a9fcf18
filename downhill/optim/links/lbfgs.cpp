#include "downhill/optim/links/lbfgs.h"

#include <algorithm>
#include <cmath>

#include "downhill/optim/detail/parts.h"

namespace downhill {
namespace {

using Row = std::span<double>;

// The memory: the last point and gradient, and rows of steps s and gradient changes y with their
// products s y; the rows are a ring of which `next` is the oldest once it is full.
class History {
 public:
  History(ScaleByLbfgs::Numbers& numbers, std::span<Tensor> memory, std::int64_t limit)
      : numbers_(numbers),
        x_(detail::numbers_of(memory[0])),
        g_(detail::numbers_of(memory[1])),
        memory_(memory),
        limit_(limit) {}

  std::int64_t size() const { return static_cast<std::int64_t>(numbers_.pairs); }
  /// The i-th oldest pair.
  Row s(std::int64_t i) const { return row(2, place(i)); }
  Row y(std::int64_t i) const { return row(3, place(i)); }
  double sy(std::int64_t i) const { return memory_[4].data<double>()[place(i)]; }

  void learn(Row x, Row g) {
    if (numbers_.seen != 0) {
      flat::subtract_from(x_, x);
      if (along(x_, g_)) numbers_.pairs = 0;
      flat::subtract_from(g_, g);
      const double product = flat::dot(x_, g_);
      if (product > 0x1p-52 * flat::length(x_) * flat::length(g_)) push(product);
    }
    numbers_.seen = 1;
    std::copy(x.begin(), x.end(), x_.begin());
    std::copy(g.begin(), g.end(), g_.begin());
  }

 private:
  // Also true where no step was made.
  static bool along(Row step, Row gradient) {
    return std::abs(flat::dot(step, gradient)) >=
           (1 - 1e-8) * flat::length(step) * flat::length(gradient);
  }
  std::int64_t place(std::int64_t i) const {
    return (static_cast<std::int64_t>(numbers_.next) + limit_ - size() + i) % limit_;
  }
  Row row(std::size_t which, std::int64_t at) const {
    return detail::numbers_of(memory_[which])
        .subspan(static_cast<std::size_t>(at) * x_.size(), x_.size());
  }
  void push(double product) {
    const auto at = static_cast<std::int64_t>(numbers_.next);
    std::copy(x_.begin(), x_.end(), row(2, at).begin());
    std::copy(g_.begin(), g_.end(), row(3, at).begin());
    memory_[4].data<double>()[at] = product;
    numbers_.next = static_cast<double>((at + 1) % limit_);
    numbers_.pairs = static_cast<double>(std::min(size() + 1, limit_));
  }

  ScaleByLbfgs::Numbers& numbers_;
  Row x_, g_;
  std::span<Tensor> memory_;
  std::int64_t limit_;
};

// The two-loop recursion; each sum is taken in the pass that changed d.
void scale_by_inverse(const History& past, Row d) {
  const std::int64_t pairs = past.size();
  if (pairs == 0) return;
  const Tensor shares = Tensor::empty({pairs}, Type::f64);
  double* share = shares.data<double>();
  double inner = flat::dot(past.s(pairs - 1), d);
  for (std::int64_t i = pairs; i-- > 0;) {
    share[i] = inner / past.sy(i);
    inner = flat::add_and_dot(d, -share[i], past.y(i), i > 0 ? past.s(i - 1) : past.y(0));
  }
  const Row newest = past.y(pairs - 1);
  const double scale = past.sy(pairs - 1) / flat::dot(newest, newest);
  flat::scale(d, scale);
  inner *= scale;
  for (std::int64_t i = 0; i < pairs; ++i)
    inner = flat::add_and_dot(d, share[i] - inner / past.sy(i), past.s(i),
                              past.y(std::min(i + 1, pairs - 1)));
}

}  // namespace

StateShapes ScaleByLbfgs::memory(std::int64_t elements) const {
  return {{"x", {elements}},
          {"g", {elements}},
          {"s", {history, elements}},
          {"y", {history, elements}},
          {"sy", {history}}};
}

void ScaleByLbfgs::run(std::span<Part> parts, Context& context) const {
  History past(context.numbers<Numbers>(), context.memory, history);
  const Shape all{detail::count_elements(parts)};
  const Tensor direction = Tensor::empty(all, Type::f64), point = Tensor::empty(all, Type::f64);
  const Row d = detail::numbers_of(direction), x = detail::numbers_of(point);
  detail::gather(parts, &Part::direction, d);
  detail::gather(parts, &Part::parameter, x);
  past.learn(x, d);
  scale_by_inverse(past, d);
  detail::scatter(d, parts, &Part::direction);
}

}  // namespace downhill
