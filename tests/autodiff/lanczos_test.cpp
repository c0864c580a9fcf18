#include "downhill/autodiff/lanczos.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "downhill/core/error.h"
#include "downhill/core/parallel.h"
#include "tests/inspect/matrices.h"

namespace downhill {
namespace {

using namespace testing_matrices;

void expect_unit(const Vector& v) { EXPECT_NEAR(dot(v, v), 1, 1e-12); }

TEST(Lanczos, FindsAllEigenvaluesOfASmallMatrix) {
  const Vector eigenvalues{-3, -1, 0, 0.5, 2, 7, 7.5, 100};
  const Lanczos found = lanczos(with_spectrum(eigenvalues), 8);
  EXPECT_EQ(found.steps, 8);
  EXPECT_TRUE(found.exhausted);
  EXPECT_TRUE(found.converged);
  ASSERT_EQ(found.values.size(), 8u);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(found.values[i], eigenvalues[i], 1e-12 * 100);
  EXPECT_NEAR(std::accumulate(found.weights.begin(), found.weights.end(), 0.0), 1, 1e-12);
  expect_unit(found.largest.vector);
  expect_unit(found.smallest.vector);
  EXPECT_LT(found.largest.recomputed, 1e-11);
  EXPECT_LT(found.smallest.recomputed, 1e-11);
  EXPECT_LT(found.asymmetry, 1e-13);
}

TEST(Lanczos, FindsBothEndsOfALargeMatrix) {
  Vector eigenvalues = range(5000, 0, 1e-3);
  eigenvalues.front() = -2;
  eigenvalues.back() = 20;
  const Lanczos found = lanczos(with_spectrum(eigenvalues), 5000, {.steps = 60, .tolerance = 1e-9});
  EXPECT_TRUE(found.converged);
  EXPECT_LT(found.steps, 60);
  EXPECT_NEAR(found.largest.value, 20, 1e-9);
  EXPECT_NEAR(found.smallest.value, -2, 1e-9);
  EXPECT_LE(found.largest.residual(), 1.1e-9 * 20);
  EXPECT_LE(found.smallest.residual(), 1.1e-9 * 2);
  // The recurrence's own estimate and the recomputed residual are the same to rounding.
  EXPECT_NEAR(found.smallest.estimate, found.smallest.recomputed, 1e-12);
}

TEST(Lanczos, StaysOrthogonalOnAClusteredSpectrum) {
  // Without a second pass the vectors lose their orthogonality here, and ghosts appear.
  Vector eigenvalues(300, 1.0);
  for (std::size_t i = 0; i < 150; ++i) eigenvalues[i] += 1e-10 * static_cast<double>(i);
  eigenvalues[0] = -1e4;
  eigenvalues[1] = 1e4;
  eigenvalues[2] = 2e4;
  const Lanczos found = lanczos(with_spectrum(eigenvalues), 300, {.steps = 100});
  EXPECT_NEAR(found.largest.value, 2e4, 1e-8);
  EXPECT_NEAR(found.smallest.value, -1e4, 1e-8);
  EXPECT_LT(found.largest.recomputed, 1e-8);
  for (const double value : found.values) EXPECT_TRUE(std::isfinite(value));
  const auto copies = [&](double low, double high) {
    return std::ranges::count_if(found.values, [=](double v) { return v > low && v < high; });
  };
  EXPECT_EQ(copies(1.9e4, 2.1e4), 1);
  EXPECT_EQ(copies(0.9e4, 1.1e4), 1);
  EXPECT_EQ(copies(-1.1e4, -0.9e4), 1);
}

TEST(Lanczos, ZeroOperator) {
  const Lanczos found = lanczos(diagonal(Vector(50, 0.0)), 50, {.steps = 20, .tolerance = 1e-3});
  EXPECT_EQ(found.steps, 20);
  EXPECT_EQ(found.restarts, 19);
  EXPECT_EQ(found.largest.value, 0);
  EXPECT_EQ(found.smallest.value, 0);
  EXPECT_EQ(found.largest.residual(), 0);
  expect_unit(found.largest.vector);
  expect_unit(found.smallest.vector);
  EXPECT_NEAR(dot(found.largest.vector, found.smallest.vector), 0, 1e-12);
}

TEST(Lanczos, OneAndTwoDimensions) {
  const Lanczos one = lanczos(diagonal({-4}), 1, {.tolerance = 1e-3});
  EXPECT_EQ(one.steps, 1);
  EXPECT_TRUE(one.converged);
  EXPECT_NEAR(one.largest.value, -4, 1e-15);
  EXPECT_NEAR(one.smallest.value, -4, 1e-15);
  const Lanczos two = lanczos(with_spectrum({-1, 2}), 2, {.tolerance = 1e-3});
  EXPECT_NEAR(two.smallest.value, -1, 1e-14);
  EXPECT_NEAR(two.largest.value, 2, 1e-14);
}

TEST(Lanczos, LeavesAnInvariantSubspace) {
  // The start knows of two eigenvectors only; both ends of the spectrum are others.
  Vector eigenvalues = range(12, -3, 1);
  LanczosOptions options;
  options.start.assign(12, 0.0);
  options.start[5] = options.start[6] = 1;
  const Lanczos found = lanczos(diagonal(eigenvalues), 12, options);
  EXPECT_EQ(found.restarts, 1);
  EXPECT_TRUE(found.exhausted);
  EXPECT_NEAR(found.smallest.value, -3, 1e-12);
  EXPECT_NEAR(found.largest.value, 8, 1e-12);

  options.restart = false;
  const Lanczos inside = lanczos(diagonal(eigenvalues), 12, options);
  EXPECT_EQ(inside.steps, 2);
  EXPECT_NEAR(inside.smallest.value, 2, 1e-12);
  EXPECT_NEAR(inside.largest.value, 3, 1e-12);
}

TEST(Lanczos, RepeatedEigenvaluesAndTheIdentity) {
  const Lanczos found = lanczos(with_spectrum({1, 1, 1, 5, 5, 5, 5}), 7);
  ASSERT_EQ(found.values.size(), 7u);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_NEAR(found.values[i], i < 3 ? 1 : 5, 1e-13);
  EXPECT_GE(found.restarts, 2);
  const Lanczos identity = lanczos(diagonal(Vector(1000, 1.0)), 1000, {.tolerance = 1e-3});
  EXPECT_NEAR(identity.largest.value, 1, 1e-14);
  EXPECT_NEAR(identity.smallest.value, 1, 1e-14);
}

TEST(Lanczos, AWrongOperatorIsCaught) {
  // An eigenvalue of the symmetric part is not one of the operator; the recomputed residual and
  // the asymmetry say so, where the recurrence alone believes that it has converged.
  const LinearOperator right = with_spectrum(range(40, -3, 0.5));
  const LinearOperator wrong = [&](const Vector& v) {
    Vector w = right(v);
    for (std::size_t i = 0; i + 1 < v.size(); ++i) w[i] += 0.3 * v[i + 1];
    return w;
  };
  const Lanczos found = lanczos(wrong, 40);
  EXPECT_GT(found.largest.recomputed, 1e-2);
  EXPECT_LT(found.largest.estimate, 1e-9);
  EXPECT_EQ(found.largest.residual(), found.largest.recomputed);
  EXPECT_GT(found.asymmetry, 1e-3);
  const Lanczos good = lanczos(right, 40);
  EXPECT_LT(good.largest.residual(), 1e-11);
  EXPECT_LT(good.asymmetry, 1e-13);
}

TEST(Lanczos, AnOperatorWithNoiseShowsIt) {
  const LinearOperator right = with_spectrum(range(200, -1, 0.01));
  std::uint64_t call = 0;
  const LinearOperator noisy = [&](const Vector& v) {
    Vector w = right(v);
    const Vector noise = random_vector(w.size(), ++call);
    for (std::size_t i = 0; i < w.size(); ++i) w[i] += 1e-4 * noise[i];
    return w;
  };
  EXPECT_GT(lanczos(noisy, 200).largest.recomputed, 5e-4);
}

TEST(Lanczos, SameBitsForEveryNumberOfThreads) {
  const std::size_t n = 50001;
  const LinearOperator a = diagonal(range(n, -1, 1e-4));
  const int before = threads();
  set_threads(1);
  const Lanczos one = lanczos(a, static_cast<std::int64_t>(n), {.steps = 12});
  set_threads(3);
  const Lanczos three = lanczos(a, static_cast<std::int64_t>(n), {.steps = 12});
  set_threads(before);
  EXPECT_EQ(one.values, three.values);
  EXPECT_EQ(one.smallest.vector, three.smallest.vector);
}

TEST(Lanczos, TheSeedDecides) {
  const LinearOperator a = with_spectrum(range(100, -1, 0.1));
  EXPECT_EQ(lanczos(a, 100, {.steps = 5, .seed = 3}).values,
            lanczos(a, 100, {.steps = 5, .seed = 3}).values);
  EXPECT_NE(lanczos(a, 100, {.steps = 5, .seed = 3}).values,
            lanczos(a, 100, {.steps = 5, .seed = 4}).values);
}

TEST(Lanczos, RefusesMisuse) {
  const LinearOperator a = diagonal({1, 2, 3});
  EXPECT_THROW(lanczos(a, 0), UsageError);
  EXPECT_THROW(lanczos(a, 3, {.steps = 0}), UsageError);
  EXPECT_THROW(lanczos(a, 3, {.start = {0, 0, 0}}), UsageError);
  EXPECT_THROW(lanczos(a, 3, {.start = {1, 0}}), UsageError);
  const LinearOperator longer = [](const Vector& v) { return Vector(v.size() + 1, 1.0); };
  EXPECT_THROW(lanczos(longer, 3), UsageError);
  const LinearOperator broken = [](const Vector& v) {
    return Vector(v.size(), std::numeric_limits<double>::quiet_NaN());
  };
  EXPECT_THROW(lanczos(broken, 3), NumericError);
}

TEST(KrylovModel, ReachesTheMinimumOfAQuadratic) {
  // 1/2 x'Ax - b'x at x = 0: gradient -b, lowest value -1/2 b'A^-1 b at A^-1 b.
  const Vector eigenvalues = range(15, 1, 2);
  const LinearOperator a = with_spectrum(eigenvalues);
  const Vector solution = random_vector(15, 9);
  Vector gradient = a(solution);
  const double decrease = 0.5 * dot(gradient, solution);
  for (double& g : gradient) g = -g;
  const KrylovModel model = krylov_model(a, gradient, 15);
  EXPECT_NEAR(model.decrease, decrease, 1e-10 * decrease);
  for (std::size_t i = 0; i < 15; ++i) EXPECT_NEAR(model.step[i], solution[i], 1e-9);
  EXPECT_EQ(model.unbounded_share, 0);
}

TEST(KrylovModel, LeavesOutWhatIsNotPositive) {
  const KrylovModel model = krylov_model(diagonal({2, 0, -8}), {2, 3, 6});
  EXPECT_EQ(model.steps, 3);
  EXPECT_NEAR(model.decrease, 1, 1e-12);  // 2^2 / (2 * 2)
  EXPECT_NEAR(model.step[0], -1, 1e-12);
  EXPECT_NEAR(model.step[1], 0, 1e-12);
  EXPECT_NEAR(model.step[2], 0, 1e-12);
  EXPECT_NEAR(model.unbounded_share, 45.0 / 49, 1e-12);
}

TEST(KrylovModel, OfNoGradientAndOfNoCurvature) {
  const KrylovModel still = krylov_model(diagonal({1, 2}), {0, 0});
  EXPECT_EQ(still.decrease, 0);
  EXPECT_EQ(still.step, Vector({0, 0}));
  const KrylovModel slope = krylov_model(diagonal({0, 0}), {3, 4});
  EXPECT_EQ(slope.decrease, 0);
  EXPECT_EQ(slope.unbounded_share, 1);
}

}  // namespace
}  // namespace downhill
