#include "downhill/autodiff/flat.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "downhill/autodiff/detail/root_of_squares.h"
#include "downhill/core/error.h"
#include "downhill/core/parallel.h"

namespace downhill {

std::int64_t count_elements(const Tensors& tensors) {
  std::int64_t count = 0;
  for (const Tensor& t : tensors) count += t.elements();
  return count;
}

std::vector<double> flatten(const Tensors& tensors) {
  std::vector<double> flat(static_cast<std::size_t>(count_elements(tensors)));
  std::span<double> rest = flat;
  for (const Tensor& t : tensors) {
    flat::read(t, rest);
    rest = rest.subspan(static_cast<std::size_t>(t.elements()));
  }
  return flat;
}

Tensors unflatten(const std::vector<double>& flat, const Tensors& like) {
  const std::int64_t count = count_elements(like);
  if (static_cast<std::int64_t>(flat.size()) != count)
    throw_usage("unflatten", "the vector has " + std::to_string(flat.size()) +
                                 " elements; the tensors have " + std::to_string(count));
  Tensors result;
  result.reserve(like.size());
  std::span<const double> rest = flat;
  for (const Tensor& t : like) {
    result.push_back(Tensor::empty(t.shape(), t.type()));
    flat::write(rest, result.back());
    rest = rest.subspan(static_cast<std::size_t>(t.elements()));
  }
  return result;
}

LinearOperator hessian_operator(const HessianProduct& product, double scale) {
  return [&product, scale](const std::vector<double>& direction) {
    std::vector<double> result = flatten(product(unflatten(direction, product.gradient())));
    if (scale != 1) flat::scale(result, scale);
    return result;
  };
}

double unit_roundoff(const Tensors& tensors) {
  for (const Tensor& t : tensors)
    if (t.type() == Type::f32) return 0x1p-24;
  return 0x1p-53;
}

namespace flat {
namespace {

using Index = std::int64_t;

// Blocks whose sums lie on the stack at once.
constexpr Index kTree = 512;

// Neighbours are added, then neighbouring sums: rounding grows with the logarithm of the count.
double tree_sum(double* parts, Index count) {
  for (Index step = 1; step < count; step *= 2)
    for (Index i = 0; i + step < count; i += 2 * step) parts[i] += parts[i + step];
  return count > 0 ? parts[0] : 0;
}

/// The sum of body(begin, end) over the blocks of n elements.
template <class Body>
double sum_blocks(Index n, Body&& body) {
  std::array<double, kTree> parts;
  double total = 0;
  for (Index first = 0; first < n; first += kTree * kBlock) {
    const Index count = std::min(kTree, blocks(n - first));
    parallel_for(count, n >= kParallelThreshold, [&](Index i) {
      const Index begin = first + i * kBlock;
      parts[static_cast<std::size_t>(i)] = body(begin, std::min(n, begin + kBlock));
    });
    total += tree_sum(parts.data(), count);
  }
  return total;
}

// Four running sums: four additions under way at once.
double dot_block(const double* a, const double* b, Index count) {
  double sums[4] = {};
  Index i = 0;
  for (; i + 4 <= count; i += 4)
    for (int k = 0; k < 4; ++k) sums[k] += a[i + k] * b[i + k];
  for (; i < count; ++i) sums[0] += a[i] * b[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

void add_block(double* y, double factor, const double* x, Index count) {
#pragma omp simd
  for (Index i = 0; i < count; ++i) y[i] += factor * x[i];
}

Index size_of(std::span<const double> a) { return static_cast<Index>(a.size()); }

}  // namespace

double dot(std::span<const double> a, std::span<const double> b) {
  return sum_blocks(size_of(a), [&](Index begin, Index end) {
    return dot_block(a.data() + begin, b.data() + begin, end - begin);
  });
}

double length(std::span<const double> a) {
  return detail::root_of_squares([&] { return dot(a, a); }, [&] { return largest(a); },
                                 [&](double scale) {
                                   double sum = 0;
                                   for (const double v : a) sum += (scale * v) * (scale * v);
                                   return sum;
                                 });
}

double largest(std::span<const double> a) {
  double most = 0;
  for (const double x : a) most = std::max(most, std::abs(x));
  return most;
}

void scale(std::span<double> a, double factor) {
  parallel_blocks(size_of(a), [&](Index begin, Index end) {
    for (double* x = a.data() + begin; x != a.data() + end; ++x) *x *= factor;
  });
}

bool all_finite(std::span<const double> a) {
  return std::all_of(a.begin(), a.end(), [](double x) { return std::isfinite(x); });
}

Vector project(const std::vector<Vector>& basis, const Vector& w) {
  const Index n = size_of(w), count = blocks(n);
  Vector parts(static_cast<std::size_t>(count) * basis.size());
  parallel_blocks(n, [&](Index begin, Index end) {
    double* to = parts.data() + begin / kBlock;
    for (std::size_t j = 0; j < basis.size(); ++j)
      to[static_cast<Index>(j) * count] =
          dot_block(basis[j].data() + begin, w.data() + begin, end - begin);
  });
  Vector result;
  for (std::size_t j = 0; j < basis.size(); ++j)
    result.push_back(tree_sum(parts.data() + static_cast<Index>(j) * count, count));
  return result;
}

void add_combination(Vector& w, const std::vector<Vector>& basis, std::span<const double> factors) {
  parallel_blocks(size_of(w), [&](Index begin, Index end) {
    for (std::size_t j = 0; j < factors.size(); ++j)
      add_block(w.data() + begin, factors[j], basis[j].data() + begin, end - begin);
  });
}

void add(std::span<double> y, double factor, std::span<const double> x) {
  parallel_blocks(size_of(y), [&](Index begin, Index end) {
    add_block(y.data() + begin, factor, x.data() + begin, end - begin);
  });
}

double add_and_dot(std::span<double> y, double factor, std::span<const double> x,
                   std::span<const double> z) {
  return sum_blocks(size_of(y), [&](Index begin, Index end) {
    add_block(y.data() + begin, factor, x.data() + begin, end - begin);
    return dot_block(z.data() + begin, y.data() + begin, end - begin);
  });
}

void combine(std::span<double> y, std::span<const double> x, double factor,
             std::span<const double> d) {
  parallel_blocks(size_of(y), [&](Index begin, Index end) {
#pragma omp simd
    for (Index i = begin; i < end; ++i) y.data()[i] = x.data()[i] + factor * d.data()[i];
  });
}

void subtract_from(std::span<double> y, std::span<const double> x) {
  parallel_blocks(size_of(y), [&](Index begin, Index end) {
#pragma omp simd
    for (Index i = begin; i < end; ++i) y.data()[i] = x.data()[i] - y.data()[i];
  });
}

void read(const Tensor& from, std::span<double> to) {
  with_type(from.type(), [&]<class T>() {
    parallel_blocks(from.elements(), [&](Index begin, Index end) {
      for (Index i = begin; i < end; ++i) to.data()[i] = static_cast<double>(from.data<T>()[i]);
    });
  });
}

void write(std::span<const double> from, const Tensor& to) {
  with_type(to.type(), [&]<class T>() {
    parallel_blocks(to.elements(), [&](Index begin, Index end) {
      for (Index i = begin; i < end; ++i) to.data<T>()[i] = static_cast<T>(from.data()[i]);
    });
  });
}

}  // namespace flat
}  // namespace downhill
