// What is promised of the instruments, over the list of losses.
#include <gtest/gtest.h>

#include <algorithm>

#include "downhill/autodiff/symmetric_eigen.h"
#include "downhill/inspect/density.h"
#include "downhill/inspect/gauss_newton.h"
#include "downhill/inspect/landscape.h"
#include "downhill/inspect/spectrum.h"
#include "downhill/inspect/stationarity.h"
#include "downhill/inspect/trace.h"
#include "downhill/ops/arithmetic.h"
#include "tests/contracts/loss_cases.h"

namespace downhill {
namespace {

using namespace contract;

/// A loss where its case's predictions stand, which are what moves.
class Place {
 public:
  explicit Place(const Case& c) : case_(c) {
    for (const Tensor& p : c.predictions) {
      at.push_back(p.clone());
      at.back().requires_grad(true);
    }
  }
  Tensor loss(const Tensors& predictions) const {
    return case_.loss(predictions, case_.all_targets());
  }
  Tensor operator()() const { return loss(at); }

  Tensors at;

 private:
  const Case& case_;
};

bool small(const Case& c) { return count_elements(c.predictions) <= 60; }

TEST(InstrumentContract, SpectrumTraceAndDensityAreThoseOfTheWholeHessian) {
  std::size_t compared = 0;
  for (const Case& c : cases()) {
    if (!small(c)) continue;
    SCOPED_TRACE(c.name);
    const Place place(c);
    const std::int64_t n = count_elements(place.at);
    const HessianProduct product(place(), place.at);
    const LinearOperator hessian = hessian_operator(product);
    const std::vector<double> all = symmetric_eigen(hessian, n).values;
    const double scale = std::max(std::abs(all.front()), std::abs(all.back()));
    const Spectrum ends = spectrum(hessian, n, {.steps = static_cast<int>(n), .tolerance = 1e-12});
    EXPECT_NEAR(ends.h1.value, all.back(), 1e-9 * scale);
    EXPECT_NEAR(ends.hn.value, all.front(), 1e-9 * scale);
    double sum = 0;
    for (const double value : all) sum += value;
    const Estimate whole = trace(hessian, n);  // as many products as parameters: exact
    EXPECT_EQ(whole.samples, 0);
    EXPECT_NEAR(whole.value, sum, 1e-9 * scale * static_cast<double>(n));
    const Density density = spectral_density(hessian, n);
    EXPECT_TRUE(density.exact);
    const auto below = std::ranges::count_if(all, [&](double v) { return v < -density.cut; });
    EXPECT_NEAR(density.negative.value, static_cast<double>(below) / static_cast<double>(n), 1e-12);
    ++compared;
  }
  EXPECT_GE(compared, 100U);
}

TEST(InstrumentContract, GaussNewtonOfTheOutputsThemselvesIsTheHessian) {
  for (const Case& c : cases()) {
    if (c.predictions.size() != 1 || !small(c)) continue;
    SCOPED_TRACE(c.name);
    const Place place(c);
    const HessianProduct product(place(), place.at);
    const GaussNewtonProduct model(
        affine(place.at[0], 1, 0), [&](const Tensor& z) { return place.loss({z}); }, place.at);
    Random random(3);
    Tensors direction{place.at[0].clone()};
    for (double& x : direction[0].values<double>()) x = random.normal();
    const auto ours = flatten(model(direction)), truth = flatten(product(direction));
    const double scale = flat::largest(truth);
    for (std::size_t i = 0; i < truth.size(); ++i)
      EXPECT_NEAR(ours[i], truth[i], 1e-10 * scale) << i;
  }
}

TEST(InstrumentContract, EveryPlaceHasAWordAndKeepsItsBits) {
  for (const Case& c : cases()) {
    if (!small(c)) continue;
    SCOPED_TRACE(c.name);
    const Place place(c);
    const std::vector<double> before = flatten(place.at);
    const Objective objective([&] { return place(); });
    StationarityOptions options;
    options.directions = 4;
    const Stands s = stationarity(objective, place.at, options);
    EXPECT_NE(s.stands, "unknown") << explain(s);
    EXPECT_FALSE(explain(s).empty());
    EXPECT_EQ(flatten(place.at), before);
    // The middle of a line through the place is its loss, and the line is what the loss says.
    std::vector<double> way(before.size(), 0);
    way[0] = 1;
    const std::vector<double> line = landscape(
        objective, place.at, way, way, {.columns = 3, .rows = 1, .x_low = -1e-4, .x_high = 1e-4});
    EXPECT_EQ(line[1], objective());
    EXPECT_EQ(flatten(place.at), before);
    const double slope = flatten(gradients(place(), place.at))[0];
    EXPECT_NEAR((line[2] - line[0]) / 2e-4, slope,
                1e-3 * std::max({std::abs(slope), std::abs(line[1]), *s.gradient_norm, 1e-6}));
  }
}

}  // namespace
}  // namespace downhill
