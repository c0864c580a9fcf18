#include "downhill/inspect/trace.h"

#include <numeric>
#include <string>

#include "downhill/core/error.h"
#include "downhill/core/random.h"

namespace downhill {
namespace {

using flat::Vector;

constexpr int kLeast = 6;  // two of each kind: one sample has no error

void check(const char* operation, std::int64_t dimension, const TraceOptions& options) {
  if (dimension < 1) throw_usage(operation, "the dimension is 0; expected at least 1");
  if (options.products < kLeast)
    throw_usage(operation, "products is " + std::to_string(options.products) +
                               "; expected at least " + std::to_string(kLeast));
}

Vector random_signs(std::int64_t dimension, Random& random) {
  Vector v(static_cast<std::size_t>(dimension));
  for (std::size_t i = 0; i < v.size(); i += 64) {
    std::uint64_t bits = random.bits();
    for (std::size_t j = i; j < std::min(v.size(), i + 64); ++j, bits >>= 1)
      v[j] = (bits & 1) != 0 ? 1 : -1;
  }
  return v;
}

Vector times(const LinearOperator& symmetric, const Vector& v) {
  Vector product = symmetric(v);
  if (product.size() != v.size()) throw_usage("trace", "the operator changes the length");
  if (!flat::all_finite(product))
    throw NumericError("[trace] a product holds numbers that are not finite");
  return product;
}

// w without its part in the basis; twice is enough.
void remove(const std::vector<Vector>& basis, Vector& w) {
  for (int pass = 0; pass < 2; ++pass) {
    Vector inner = flat::project(basis, w);
    flat::scale(inner, -1);
    flat::add_combination(w, basis, inner);
  }
}

// An orthonormal basis of what random signs become: most of the operator's largest directions.
std::vector<Vector> sketch(const LinearOperator& symmetric, std::int64_t dimension, int count,
                           Random& random) {
  std::vector<Vector> basis;
  for (int i = 0; i < count; ++i) {
    Vector w = times(symmetric, random_signs(dimension, random));
    const double before = flat::length(w);
    remove(basis, w);
    const double after = flat::length(w);
    if (!(after > 1e-10 * before)) continue;  // nothing new: the operator's rank is lower
    flat::scale(w, 1 / after);
    basis.push_back(std::move(w));
  }
  return basis;
}

double exact_trace(const LinearOperator& symmetric, std::int64_t dimension) {
  double sum = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(dimension); ++i) {
    Vector unit(static_cast<std::size_t>(dimension));
    unit[i] = 1;
    sum += times(symmetric, unit)[i];
  }
  return sum;
}

}  // namespace

Estimate trace(const LinearOperator& symmetric, std::int64_t dimension,
               const TraceOptions& options) {
  check("trace", dimension, options);
  if (dimension <= options.products) return exactly(exact_trace(symmetric, dimension));
  Random random(options.seed);
  const int third = options.products / 3;
  const std::vector<Vector> basis = sketch(symmetric, dimension, third, random);
  double within = 0;
  for (const Vector& q : basis) within += flat::dot(q, times(symmetric, q));
  Vector samples;
  for (int i = 2 * third; i < options.products; ++i) {
    Vector v = random_signs(dimension, random);
    remove(basis, v);
    samples.push_back(flat::dot(v, times(symmetric, v)));
  }
  return mean_of(samples, within);
}

std::vector<Estimate> block_traces(const LinearOperator& symmetric,
                                   std::span<const std::int64_t> sizes,
                                   const TraceOptions& options) {
  const std::int64_t dimension = std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  check("block_traces", dimension, options);
  std::vector<Vector> samples(sizes.size() + 1);
  Random random(options.seed);
  for (int i = 0; i < options.products; ++i) {
    const Vector v = random_signs(dimension, random), product = times(symmetric, v);
    double whole = 0;
    std::size_t at = 0;
    for (std::size_t block = 0; block < sizes.size(); ++block) {
      const auto size = static_cast<std::size_t>(sizes[block]);
      const double part =
          flat::dot(std::span(v).subspan(at, size), std::span(product).subspan(at, size));
      samples[block].push_back(part);
      whole += part;
      at += size;
    }
    samples.back().push_back(whole);
  }
  std::vector<Estimate> result;
  for (const Vector& of_block : samples) result.push_back(mean_of(of_block));
  return result;
}

}  // namespace downhill
