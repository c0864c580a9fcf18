#pragma once
#include <span>
#include <vector>

// Algebra on long flat vectors. Sums run over fixed blocks, so that results do not depend on the
// number of threads.

namespace downhill::detail {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b);
/// The length; without overflow for numbers up to 1e150.
double length(const Vector& a);
void scale(Vector& a, double factor);
bool all_finite(const Vector& a);

/// The inner products of w with each of the basis vectors.
Vector project(const std::vector<Vector>& basis, const Vector& w);
/// w += sum_j factors_j basis_j.
void add_combination(Vector& w, const std::vector<Vector>& basis, std::span<const double> factors);

}  // namespace downhill::detail
