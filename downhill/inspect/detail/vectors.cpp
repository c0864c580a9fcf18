#include "downhill/inspect/detail/vectors.h"

#include <cmath>

#include "downhill/core/parallel.h"

namespace downhill::detail {
namespace {

// Four running sums: four additions under way at once.
double dot_block(const double* a, const double* b, std::int64_t count) {
  double sums[4] = {};
  std::int64_t i = 0;
  for (; i + 4 <= count; i += 4)
    for (int k = 0; k < 4; ++k) sums[k] += a[i + k] * b[i + k];
  for (; i < count; ++i) sums[0] += a[i] * b[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

std::int64_t size_of_vector(const Vector& a) { return static_cast<std::int64_t>(a.size()); }

}  // namespace

Vector project(const std::vector<Vector>& basis, const Vector& w) {
  const std::size_t count = basis.size();
  const std::int64_t n = size_of_vector(w);
  Vector partial(static_cast<std::size_t>(blocks(n)) * count);
  parallel_blocks(n, [&](std::int64_t begin, std::int64_t end) {
    double* to = partial.data() + static_cast<std::size_t>(begin / kBlock) * count;
    for (std::size_t j = 0; j < count; ++j)
      to[j] = dot_block(basis[j].data() + begin, w.data() + begin, end - begin);
  });
  Vector result(count);
  for (std::size_t i = 0; i < partial.size(); ++i) result[i % count] += partial[i];
  return result;
}

double dot(const Vector& a, const Vector& b) {
  Vector partial(static_cast<std::size_t>(blocks(size_of_vector(a))));
  parallel_blocks(size_of_vector(a), [&](std::int64_t begin, std::int64_t end) {
    partial[static_cast<std::size_t>(begin / kBlock)] =
        dot_block(a.data() + begin, b.data() + begin, end - begin);
  });
  double sum = 0;
  for (const double p : partial) sum += p;
  return sum;
}

double length(const Vector& a) { return std::sqrt(dot(a, a)); }

void scale(Vector& a, double factor) {
  parallel_blocks(size_of_vector(a), [&](std::int64_t begin, std::int64_t end) {
    for (double* x = a.data() + begin; x != a.data() + end; ++x) *x *= factor;
  });
}

bool all_finite(const Vector& a) {
  for (const double x : a)
    if (!std::isfinite(x)) return false;
  return true;
}

void add_combination(Vector& w, const std::vector<Vector>& basis, std::span<const double> factors) {
  parallel_blocks(size_of_vector(w), [&](std::int64_t begin, std::int64_t end) {
    for (std::size_t j = 0; j < factors.size(); ++j) {
      const double factor = factors[j];
      const double* from = basis[j].data();
      for (std::int64_t i = begin; i < end; ++i) w[static_cast<std::size_t>(i)] += factor * from[i];
    }
  });
}

}  // namespace downhill::detail
