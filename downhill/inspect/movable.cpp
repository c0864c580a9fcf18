#include "downhill/inspect/detail/movable.h"

#include "downhill/core/error.h"

namespace downhill::detail {

Movable::Movable(const Tensors& parameters)
    : guard_(parameters), parameters_(parameters), origin_(flatten(parameters)) {}

void Movable::move(double a, const std::vector<double>& x, double b,
                   const std::vector<double>* y) {
  if (x.size() != origin_.size() || (y != nullptr && y->size() != origin_.size()))
    throw_usage("move", "the direction has another length than the parameters");
  point_ = origin_;
  flat::add(point_, a, x);
  if (y != nullptr) flat::add(point_, b, *y);
  const Tensors moved = unflatten(point_, parameters_);
  for (std::size_t i = 0; i < parameters_.size(); ++i) parameters_[i].assign(moved[i]);
}

}  // namespace downhill::detail
