#pragma once
#include <initializer_list>
#include <memory>
#include <span>
#include <utility>

#include "downhill/autodiff/node.h"
#include "downhill/formula/pointwise_kernel.h"

namespace downhill {

using Formula = std::shared_ptr<const Pointwise>;

/// A formula of numbers on every element of tensors of one type, differentiable to second order in
/// all arguments. Shapes broadcast as in NumPy. A third derivative is refused: UsageError.
Tensor map(const Formula& formula, std::initializer_list<const Tensor*> inputs);

/// The same for a formula of one's own:
///
///     Tensor y = map([](auto a, auto b) { return a * tanh(b); }, x, w);
///
/// Written in a loop, compile the formula once with `compile_formula<2, 2>("name", f)`.
template <class F, class... Tensors>
requires(sizeof...(Tensors) >= 1 && (std::is_convertible_v<const Tensors&, const Tensor&> &&
                                     ...)) Tensor map(F formula, const Tensors&... inputs) {
  constexpr int n = sizeof...(Tensors);
  return map(compile_formula<n, n>("map", std::move(formula)), {&inputs...});
}

/// The shape that both broadcast to; UsageError naming the operation if there is none.
Shape broadcast(const char* operation, const Shape& a, const Shape& b);

}  // namespace downhill
