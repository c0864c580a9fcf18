#include "downhill/optim/links/lbfgs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/optim/detail/parts.h"

namespace downhill {
namespace {

using Row = std::span<double>;

// The memory: the last two points and gradients, and rows of steps s and gradient changes y with their
// products s y. The rows are a ring with one more than are remembered: the next is always free.
class History {
 public:
  History(ScaleByLbfgs::Numbers& numbers, std::span<Tensor> memory, std::int64_t limit)
      : numbers_(numbers), memory_(memory), limit_(limit) {
    const auto up_to = [](double number, double most) {
      return number >= 0 && number <= most && number == std::floor(number);
    };
    const auto most = static_cast<double>(limit);
    if (!up_to(numbers.pairs, most) || !up_to(numbers.next, most) || !up_to(numbers.last, 1))
      throw DataError(
          fmt::format("[scale_by_lbfgs] pairs = {}, next = {}, last = {} of its state are no rows "
                      "of its memory",
                      numbers.pairs, numbers.next, numbers.last));
  }

  std::int64_t size() const { return static_cast<std::int64_t>(numbers_.pairs); }
  /// The i-th oldest pair.
  Row s(std::int64_t i) const { return row(2, place(i)); }
  Row y(std::int64_t i) const { return row(3, place(i)); }
  double sy(std::int64_t i) const { return memory_[4].data<double>()[place(i)]; }

  void learn(Row x, Row g) {
    const auto last = static_cast<std::int64_t>(numbers_.last);
    if (numbers_.seen != 0) {
      const Row s = row(2, next()), y = row(3, next()), last_g = row(1, last);
      flat::combine(s, x, -1, row(0, last));
      flat::combine(y, g, -1, last_g);
      if (along(s, last_g)) numbers_.pairs = 0;
      const double product = flat::dot(s, y);
      if (product > 0x1p-52 * flat::length(s) * flat::length(y)) push(product);
    }
    numbers_.seen = 1;
    std::ranges::copy(x, row(0, 1 - last).begin());
    std::ranges::copy(g, row(1, 1 - last).begin());
    numbers_.last = static_cast<double>(1 - last);
  }

 private:
  // Also true where no step was made.
  static bool along(Row step, Row gradient) {
    return std::abs(flat::dot(step, gradient)) >=
           (1 - 1e-8) * flat::length(step) * flat::length(gradient);
  }
  std::int64_t next() const { return static_cast<std::int64_t>(numbers_.next); }
  std::int64_t place(std::int64_t i) const {
    return (next() + (limit_ + 1) - size() + i) % (limit_ + 1);
  }
  Row row(std::size_t which, std::int64_t at) const {
    const auto length = static_cast<std::size_t>(memory_[which].size(1));
    return detail::numbers_of(memory_[which])
        .subspan(static_cast<std::size_t>(at) * length, length);
  }
  void push(double product) {
    memory_[4].data<double>()[next()] = product;
    numbers_.next = static_cast<double>((next() + 1) % (limit_ + 1));
    numbers_.pairs = static_cast<double>(std::min(size() + 1, limit_));
  }

  ScaleByLbfgs::Numbers& numbers_;
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
  return {{"x", {2, elements}},
          {"g", {2, elements}},
          {"s", {history + 1, elements}},
          {"y", {history + 1, elements}},
          {"sy", {history + 1}}};
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
