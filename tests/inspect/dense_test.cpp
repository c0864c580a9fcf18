// Both ends of a network's spectrum against all its eigenvalues by LAPACK.
#include <gtest/gtest.h>

#include "downhill/inspect/spectrum.h"
#include "downhill/losses/cross_entropy.h"
#include "downhill/losses/loss.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/random.h"

extern "C" void dsyev_(const char* job, const char* part, const int* n, double* a, const int* lda,
                       double* values, double* work, const int* length, int* info, std::size_t,
                       std::size_t);

namespace downhill {
namespace {

std::vector<double> eigenvalues(const HessianProduct& product, std::int64_t n) {
  const LinearOperator hessian = hessian_operator(product);
  const auto size = static_cast<std::size_t>(n);
  std::vector<double> matrix, unit(size), values(size);
  for (std::size_t i = 0; i < size; ++i) {
    unit[i] = 1;
    const std::vector<double> column = hessian(unit);
    unit[i] = 0;
    matrix.insert(matrix.end(), column.begin(), column.end());
  }
  const int order = static_cast<int>(n), length = 64 * order;
  std::vector<double> work(static_cast<std::size_t>(length));
  int info = -1;
  dsyev_("N", "L", &order, matrix.data(), &order, values.data(), work.data(), &length, &info, 1, 1);
  EXPECT_EQ(info, 0);
  return values;
}

class Dense : public testing::TestWithParam<std::int64_t> {};

TEST_P(Dense, LanczosEndsAreLapacks) {
  const std::int64_t hidden = GetParam();
  Random random(static_cast<std::uint64_t>(hidden));
  const Tensor x = random_normal(random, {60, 12}, 0, 1, Type::f64);
  std::vector<std::int64_t> labels;
  for (int i = 0; i < 60; ++i) labels.push_back(i * 5 % 7);
  const Tensor y = Tensor::from(labels, {60});
  Tensors p;
  for (const Shape& shape : {Shape{hidden, 12}, Shape{hidden}, Shape{7, hidden}, Shape{7}}) {
    p.push_back(random_normal(random, shape, 0, 0.4, Type::f64));
    p.back().requires_grad(true);
  }
  const Loss loss = CrossEntropy{};
  const HessianProduct product(loss(linear(tanh(linear(x, p[0], p[1])), p[2], p[3]), y), p);
  const std::int64_t n = count_elements(p);
  const std::vector<double> all = eigenvalues(product, n);
  const Spectrum found = spectrum(product, {.steps = 300, .tolerance = 1e-7});
  EXPECT_TRUE(found.converged);
  EXPECT_NEAR(found.h1.value, all.back(), 1e-6 * std::abs(all.back()));
  EXPECT_NEAR(found.hn.value, all.front(), 1e-6 * std::abs(all.front()));
  EXPECT_LT(all.front(), 0);  // two ends, not one twice
}

// 127, 507, 1007 and 1987 parameters.
INSTANTIATE_TEST_SUITE_P(Networks, Dense, testing::Values(6, 25, 50, 99));

}  // namespace
}  // namespace downhill
