#pragma once
#include <functional>
#include <span>
#include <vector>

#include "downhill/autodiff/functional.h"

// Tensors as one long vector of doubles, and algebra on such vectors. Sums are of fixed blocks,
// added in a fixed tree, so that results do not depend on the number of threads; nothing is
// recorded, and nothing but a returned vector is allocated.

namespace downhill {

/// v -> A v on flat vectors. The instruments work in double whatever the model's precision is.
using LinearOperator = std::function<std::vector<double>(const std::vector<double>&)>;

/// Elements of all tensors together.
std::int64_t count_elements(const Tensors& tensors);
/// All elements of all tensors, in order.
std::vector<double> flatten(const Tensors& tensors);
/// A flat vector in the shapes and types of `like`; UsageError if the length is another.
Tensors unflatten(const std::vector<double>& flat, const Tensors& like);

/// The Hessian as an operator on flat vectors, scaled. The product must outlive the operator.
LinearOperator hessian_operator(const HessianProduct& product, double scale = 1);

/// The unit roundoff of the least precise of the tensors' types.
double unit_roundoff(const Tensors& tensors);

namespace flat {

using Vector = std::vector<double>;

double dot(std::span<const double> a, std::span<const double> b);
/// The length; without overflow for numbers up to 1e150.
double length(std::span<const double> a);
double largest(std::span<const double> a);  ///< of the magnitudes
void scale(std::span<double> a, double factor);
bool all_finite(std::span<const double> a);

/// The inner products of w with each of the basis vectors.
Vector project(const std::vector<Vector>& basis, const Vector& w);
/// w += sum_j factors_j basis_j.
void add_combination(Vector& w, const std::vector<Vector>& basis, std::span<const double> factors);

/// y += factor x
void add(std::span<double> y, double factor, std::span<const double> x);
/// y += factor x, and the inner product of z with the new y, in one pass over memory.
double add_and_dot(std::span<double> y, double factor, std::span<const double> x,
                   std::span<const double> z);
/// y = x + factor d
void combine(std::span<double> y, std::span<const double> x, double factor,
             std::span<const double> d);
/// y = x - y
void subtract_from(std::span<double> y, std::span<const double> x);

/// A tensor's elements, the first of `to`, and back; writing does not raise its version.
void read(const Tensor& from, std::span<double> to);
void write(std::span<const double> from, const Tensor& to);

}  // namespace flat
}  // namespace downhill
