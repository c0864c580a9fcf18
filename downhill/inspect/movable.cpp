#include "downhill/inspect/detail/movable.h"

#include "downhill/core/error.h"

namespace downhill::detail {

Movable::Movable(const Tensors& parameters)
    : guard_(parameters), parameters_(parameters), origin_(flatten(parameters)) {}

void Movable::move(double a, const std::vector<double>& x, double b, const std::vector<double>* y) {
  if (x.size() != origin_.size() || (y != nullptr && y->size() != origin_.size()))
    throw_usage("move", "the direction has another length than the parameters");
  point_.resize(origin_.size());
  flat::combine(point_, origin_, a, x);
  if (y != nullptr) flat::add(point_, b, *y);
  std::span<const double> from = point_;
  for (const Tensor& p : parameters_) {
    const auto size = static_cast<std::size_t>(p.elements());
    flat::write(from.first(size), p);
    p.raise_version();
    from = from.subspan(size);
  }
}

}  // namespace downhill::detail
