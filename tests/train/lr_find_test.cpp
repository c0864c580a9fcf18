#include "downhill/train/lr_find.h"

#include <gtest/gtest.h>

#include <cmath>

#include "downhill/core/error.h"
#include "downhill/losses/list.h"
#include "downhill/nn/sequential.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/optim/list.h"
#include "downhill/schedules/cosine.h"
#include "tests/support/bits.h"
#include "tests/support/points.h"
#include "tests/train/line_model.h"

namespace downhill {
namespace {

/// Rates from 1e-6 on in steps of a fortieth of a decade.
LrSweep curve(double (*loss)(double lr), int points = 240) {
  LrSweep sweep;
  for (int i = 0; i < points; ++i) {
    sweep.lr.push_back(std::pow(10, -6 + i / 40.0));
    sweep.loss.push_back(loss(sweep.lr.back()));
  }
  return sweep;
}

TEST(LrSuggestions, OfACurveWithKnownPlaces) {
  // A fall around 1e-2 over log lr (logistic, steepest there), and a rise that begins at 0.3.
  LrSweep sweep = curve([](double lr) {
    const double z = std::log10(lr);
    return 1 / (1 + std::exp(6 * (z + 2))) + std::exp(8 * (z + 0.2));
  });
  suggest(sweep, 0.05);
  ASSERT_TRUE(sweep.steepest && sweep.minimum && sweep.valley);
  EXPECT_NEAR(std::log10(*sweep.steepest), -2, 0.05);
  // The lowest place, by hand: 6 exp(-6 (z + 2)) = 8 exp(8 (z + 0.2)) at z = -0.992.
  EXPECT_NEAR(std::log10(*sweep.minimum), -0.992 - 1, 0.05);
  EXPECT_GT(*sweep.valley, 1e-3);
  EXPECT_LT(*sweep.valley, 3e-2);
}

TEST(LrSuggestions, OneSpikeMovesNothing) {
  const auto clean = [](double lr) { return 1 / (1 + std::exp(6 * (std::log10(lr) + 2))); };
  LrSweep smooth = curve(clean), spiked = curve(clean);
  spiked.loss[30] = 0.2;  // at 5.6e-6: a fall and a rise at once
  suggest(smooth, 0.15);
  suggest(spiked, 0.15);
  ASSERT_TRUE(smooth.steepest && spiked.steepest);
  EXPECT_NEAR(std::log10(*spiked.steepest), std::log10(*smooth.steepest), 0.05);
}

TEST(LrSuggestions, NoneWhereTheLossDoesNotFall) {
  LrSweep level = curve([](double) { return 3.0; });
  suggest(level, 0.15);
  EXPECT_FALSE(level.steepest || level.minimum || level.valley);
  LrSweep rising = curve([](double lr) { return 1 + lr; });
  suggest(rising, 0.15);
  EXPECT_FALSE(rising.steepest || rising.minimum || rising.valley);
  LrSweep noise = curve([](double lr) { return std::sin(1e4 * std::log(lr)); });
  suggest(noise, 0.15);
  EXPECT_FALSE(noise.steepest || noise.minimum || noise.valley);
  LrSweep short_one = curve([](double lr) { return -lr; }, 5);
  suggest(short_one, 0.15);
  EXPECT_FALSE(short_one.minimum);
}

struct Problem {
  Tensor x = points({200, 2}, 1, -1, 1, Type::f32);
  Dataset train{x, line_of(x)};
  Random random{3};
  nn::Linear first{2, 8, random}, last{8, 1, random};
  nn::Sequential model{first, nn::tanh, nn::Dropout(0.3, 1), last};
  Optimizer optimizer{Adam{.lr = 0.003}, model.parameters()};
  LossOf loss_of = [this](const Batch& batch) {
    const Tensor output = model(batch.input);
    return batch_loss(MSE{}, {&output, 1}, batch.target, batch.weight);
  };
  void steps(int count) {
    for (int i = 0; i < count; ++i) {
      optimizer.zero_grad();
      loss_of(train.all()).mean.backward();
      optimizer.step();
    }
  }
};

TEST(LrFind, LeavesEverythingAsItWasBitForBit) {
  Problem touched, left;
  for (Problem* p : {&touched, &left}) {
    p->optimizer.schedule_lr(Cosine{.steps = 30});
    p->steps(5);
  }
  const LrFound found =
      lr_find(touched.model, touched.optimizer, touched.train, touched.loss_of, {.steps = 60});
  ASSERT_EQ(found.sweeps.size(), 3U);
  EXPECT_EQ(touched.optimizer.text(), left.optimizer.text());
  EXPECT_TRUE(touched.model.training());
  for (std::size_t i = 0; i < left.model.parameters().size(); ++i)
    EXPECT_TRUE(same_bits(touched.model.parameters()[i].tensor.grad(),
                          left.model.parameters()[i].tensor.grad()));
  touched.steps(10);  // also the random state of Dropout, the moments and the schedule
  left.steps(10);
  for (std::size_t i = 0; i < left.model.state().size(); ++i)
    EXPECT_TRUE(same_bits(touched.model.state()[i].tensor, left.model.state()[i].tensor)) << i;
}

TEST(LrFind, LeavesEverythingAsItWasWhenTheLossThrows) {
  Problem p;
  const Tensor before = p.model.parameters()[0].tensor.clone();
  int calls = 0;
  const LossOf throwing = [&](const Batch& batch) {
    if (++calls > 20) throw DataError("no more");
    return p.loss_of(batch);
  };
  EXPECT_THROW(lr_find(p.model, p.optimizer, p.train, throwing), DataError);
  EXPECT_TRUE(same_bits(before, p.model.parameters()[0].tensor));
}

TEST(LrFind, FindsARateThatTrains) {
  Problem p;
  const LrFound found = lr_find(p.model, p.optimizer, p.train, p.loss_of);
  ASSERT_TRUE(found.lr) << found.reason;
  EXPECT_GT(*found.lr, 1e-3);
  EXPECT_LT(*found.lr, 1);
  EXPECT_GE(found.agreement, 1);
  for (const LrSweep& sweep : found.sweeps) EXPECT_LE(sweep.loss.size(), 150U);
}

TEST(LrFind, SaysThatTheLossStillFellAtTheLargestRate) {
  Problem p;
  const LrFound low = lr_find(p.model, p.optimizer, p.train, p.loss_of,
                              {.high = 0.003, .steps = 60, .trial_steps = 0});
  EXPECT_NE(low.reason.find("lowest at the end of the sweep"), std::string::npos) << low.reason;
  const LrFound all =
      lr_find(p.model, p.optimizer, p.train, p.loss_of, {.steps = 60, .trial_steps = 0});
  EXPECT_EQ(all.reason.find("lowest at the end of the sweep"), std::string::npos) << all.reason;
}

TEST(LrFind, ALossThatIsNotFiniteEndsASweep) {
  Problem p;
  int calls = 0;
  const LossOf breaking = [&](const Batch& batch) {
    BatchLoss loss = p.loss_of(batch);
    if (++calls % 80 == 0) loss.mean = loss.mean / 0.0;
    return loss;
  };
  const LrFound found = lr_find(p.model, p.optimizer, p.train, breaking, {.seeds = 1});
  EXPECT_TRUE(found.sweeps[0].rose);
  EXPECT_LT(found.sweeps[0].loss.size(), 80U);
  for (const double loss : found.sweeps[0].loss) EXPECT_TRUE(std::isfinite(loss));
}

TEST(LrFind, SaysThatThereIsNothingToLearn) {
  Problem p;
  const Tensor zero = Tensor::zeros({200, 1});
  const Dataset nothing(Tensor::zeros({200, 2}), zero);
  for (const Parameter& q : p.model.parameters()) Tensor(q.tensor).fill(0);
  const LrFound found = lr_find(p.model, p.optimizer, nothing, p.loss_of);
  EXPECT_FALSE(found.lr);
  EXPECT_NE(found.reason.find("falls at no rate"), std::string::npos);
}

TEST(LrFind, RefusesWhatHasNoRateAndOptionsOutOfRange) {
  Problem p;
  Optimizer search(Lbfgs{}, p.model.parameters());
  EXPECT_THROW(lr_find(p.model, search, p.train, p.loss_of), UsageError);
  EXPECT_THROW(lr_find(p.model, p.optimizer, p.train, p.loss_of, {.low = 1, .high = 0.1}),
               UsageError);
  EXPECT_THROW(lr_find(p.model, p.optimizer, p.train, p.loss_of, {.steps = 3}), UsageError);
}

}  // namespace
}  // namespace downhill
