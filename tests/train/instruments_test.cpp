#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/io/atomic_file.h"
#include "downhill/losses/list.h"
#include "downhill/nn/sequential.h"
#include "downhill/train/curvature.h"
#include "downhill/train/landscape_run.h"
#include "downhill/train/table_run.h"
#include "tests/io/file_support.h"
#include "tests/support/points.h"
#include "tests/train/line_model.h"
#include "tests/train/table_case.h"

namespace downhill {
namespace {

using testing_files::Directory;
using testing_tables::of_diabetes;

std::filesystem::path trained(const Directory& place, const char* name, std::uint64_t seed = 0,
                              const char* model = "mlp:6") {
  TableRunOptions o = of_diabetes(place / name);
  o.model = model;
  o.epochs = 8;
  o.seed = seed;
  run_table(o);
  return o.out;
}

TEST(Curvature, OfALinearModelIsTheOneByHand) {
  // mse of w1 x1 + w2 x2 + b: the Hessian is 2 E[(x, 1)(x, 1)'] whatever the weights are.
  const Tensor x = points({64, 2}, 1, -1, 1, Type::f64);
  nn::Sequential model(nn::Linear(2, 1));
  model.to(Type::f64);
  const Loss loss = MSE{};
  const SplitModel split{
      [&](const Batch& b) { return model(b.input); },
      [&](const Tensor& z, const Batch& b) { return BatchLoss(loss(z, b.target)); }};
  const LossOf loss_of = [&](const Batch& b) { return split.loss(split.outputs(b), b); };
  const Dataset rows(x, line_of(x));
  const Curvature c = measure_curvature(model, rows, loss_of, {}, &split);
  double m11 = 0, m22 = 0;
  for (std::int64_t i = 0; i < 64; ++i) {
    m11 += x.at(2 * i) * x.at(2 * i) / 64;
    m22 += x.at(2 * i + 1) * x.at(2 * i + 1) / 64;
  }
  EXPECT_NEAR(c.trace.value, 2 * (m11 + m22 + 1), 1e-12);
  EXPECT_EQ(c.trace.samples, 0);
  ASSERT_EQ(c.layers.size(), 2U);
  EXPECT_TRUE(c.density.exact);
  EXPECT_EQ(c.negative.value, 0);
  ASSERT_TRUE(c.gauss_newton);
  EXPECT_NEAR(c.gauss_newton->h1.value, *c.stands.h1, 1e-10 * *c.stands.h1);
  EXPECT_NEAR(c.gauss_newton_trace->value, c.trace.value, 1e-12);
  EXPECT_GT(c.critical.rate, 0.9 * 2 / *c.stands.h1);
  ASSERT_TRUE(c.noise);
  EXPECT_GT(c.noise->noise_scale.value, 0);
  for (const Parameter& p : model.parameters())
    EXPECT_TRUE(!p.tensor.grad().defined() || p.tensor.grad().at(0) == 0);
}

TEST(Curvature, StopsWhereItIsAsked) {
  const Tensor x = points({64, 2}, 1, -1, 1, Type::f64);
  nn::Sequential model(nn::Linear(2, 8), nn::tanh, nn::Linear(8, 1));
  model.to(Type::f64);
  const LossOf loss_of = [&](const Batch& b) {
    return BatchLoss(Loss(MSE{})(model(b.input), b.target));
  };
  std::stop_source stop;
  CurvatureOptions options{.stop = stop.get_token()};
  options.progress = [&](int done, int) {
    if (done > 70) stop.request_stop();
  };
  EXPECT_TRUE(measure_curvature(model, Dataset(x, line_of(x)), loss_of, options).stopped);
}

TEST(Curvature, NumericTroubleIsSaidAndNothingMore) {
  const Tensor x = points({20, 2}, 1, -1, 1, Type::f64);
  nn::Sequential model(nn::Linear(2, 1));
  model.to(Type::f64);
  model.parameters()[0].tensor.set(0, NAN);
  const LossOf loss_of = [&](const Batch& b) {
    return BatchLoss(Loss(MSE{})(model(b.input), b.target));
  };
  const Curvature c = measure_curvature(model, Dataset(x, line_of(x)), loss_of);
  EXPECT_EQ(c.stands.stands, "unknown");
  EXPECT_TRUE(c.layers.empty());
  EXPECT_FALSE(c.stopped);
}

TEST(RunLandscape, EveryKindOfDirections) {
  const Directory place;
  const auto run = trained(place, "a");
  const Curvature c = curvature_of_run(run).curvature;
  for (const Directions directions :
       {Directions::hessian, Directions::random, Directions::trajectory}) {
    const RunLandscape l = landscape_of_run(run, {.directions = directions, .points = 7});
    ASSERT_EQ(l.values.size(), 49U);
    ASSERT_EQ(l.axes.size(), 2U);
    EXPECT_NEAR(l.center, *c.stands.loss, 1e-4 * l.center);
    for (const double value : l.values) EXPECT_TRUE(std::isfinite(value));
    if (directions == Directions::trajectory) {
      EXPECT_EQ(l.path.size(), 10U);  // the start, 8 epochs, and what was delivered
      EXPECT_EQ(l.path.back()[0], 0);
      // The best epoch of the second training has the bits of the first one's.
      EXPECT_EQ(std::ranges::count(l.path, std::array<double, 2>{0, 0}), 2);
      EXPECT_LE(l.farthest_off, l.farthest);
    } else {
      EXPECT_NEAR(l.values[24], l.center, 1e-9 * l.center);  // the middle is the run
    }
    EXPECT_EQ(l.again.size(), directions == Directions::random ? 2U : 0U);
  }
}

/// Ends a run after its third epoch, as the doctor may; no part of the run's configuration.
struct EndsIt : Observer {
  std::string text() const override { return "ends_it"; }
  std::optional<Stop> after_epoch(const RunLog& log) override {
    if (log.epochs.back().epoch < 3) return {};
    return Stop{Ended::target_reached, "enough"};
  }
};

TEST(RunLandscape, ThePathOfARunThatWasEndedEndsThere) {
  const Directory place;
  TableRunOptions o = of_diabetes(place / "a");
  o.model = "mlp:6";
  o.epochs = 8;
  o.watch = {std::make_shared<EndsIt>()};
  ASSERT_EQ(run_table(o).fit.ended, Ended::target_reached);
  const RunLandscape l =
      landscape_of_run(o.out, {.directions = Directions::trajectory, .points = 5});
  EXPECT_EQ(l.path.size(), 5U);  // the start, three epochs and what was delivered, no more
  EXPECT_EQ(std::ranges::count(l.path, std::array<double, 2>{0, 0}), 2);
}

TEST(RunLandscape, BetweenTwoRuns) {
  const Directory place;
  const auto a = trained(place, "a", 0), b = trained(place, "b", 1),
             other = trained(place, "c", 0, "linear");
  const RunLandscape l =
      landscape_of_run(a, {.directions = Directions::to, .to = b, .line = true, .points = 9});
  ASSERT_TRUE(l.barrier && l.other_loss);
  EXPECT_GE(*l.barrier, 0);
  ASSERT_EQ(l.values.size(), 9U);
  EXPECT_NEAR(l.axes[0].low, -0.5, 1e-15);
  EXPECT_NEAR(l.axes[0].high, 1.5, 1e-15);
  EXPECT_NEAR(l.values[2], l.center, 1e-5 * l.center);
  EXPECT_NEAR(l.values[6], *l.other_loss, 1e-5 * *l.other_loss);
  EXPECT_THROW(landscape_of_run(a, {.directions = Directions::to, .to = other}), UsageError);
  EXPECT_THROW(landscape_of_run(a, {.directions = Directions::to, .to = a}), UsageError);
  EXPECT_THROW(landscape_of_run(a, {.directions = Directions::to}), UsageError);
}

TEST(RunLandscape, AnInterruptedOneGoesOn) {
  const Directory place;
  const auto run = trained(place, "a");
  RunLandscapeOptions o{.directions = Directions::random, .points = 9};
  const RunLandscape whole = landscape_of_run(run, o);
  std::stop_source stop;
  o.out = place / "l.json";
  o.stop = stop.get_token();
  o.progress = [&](std::int64_t done, std::int64_t) {
    if (done == 31) stop.request_stop();
  };
  EXPECT_TRUE(landscape_of_run(run, o).stopped);
  o.stop = {};
  o.progress = {};
  o.resume = true;
  int done_first = 0;
  o.progress = [&](std::int64_t done, std::int64_t) {
    if (done_first == 0) done_first = static_cast<int>(done);
  };
  EXPECT_EQ(landscape_of_run(run, o).values, whole.values);
  EXPECT_EQ(done_first, 28);  // three rows of nine were saved
  o.seed = 5;
  EXPECT_THROW(landscape_of_run(run, o), FileError);
  write_atomically(o.out, "{\"title\": 3}");
  EXPECT_THROW(landscape_of_run(run, o), FileError);
}

TEST(RunLandscape, AnInterruptInTheFurtherLinesLeavesThePlane) {
  const Directory place;
  const auto run = trained(place, "a");
  RunLandscapeOptions o{.directions = Directions::random, .points = 9};
  const RunLandscape whole = landscape_of_run(run, o);
  ASSERT_EQ(whole.again.size(), 2U);
  std::stop_source stop;
  o.out = place / "l.json";
  o.stop = stop.get_token();
  o.progress = [&](std::int64_t done, std::int64_t of) {
    if (done == of) stop.request_stop();
  };
  const RunLandscape cut = landscape_of_run(run, o);
  EXPECT_TRUE(cut.stopped);
  EXPECT_TRUE(cut.again.empty());
  o.stop = {};
  o.progress = {};
  o.resume = true;
  const RunLandscape on = landscape_of_run(run, o);
  EXPECT_FALSE(on.stopped);
  EXPECT_EQ(on.values, whole.values);
  EXPECT_EQ(on.again, whole.again);
}

}  // namespace
}  // namespace downhill
