#include "downhill/train/observer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "downhill/losses/list.h"
#include "downhill/optim/sgd.h"
#include "downhill/train/fit.h"
#include "downhill/train/observers.h"
#include "tests/io/file_support.h"
#include "tests/support/bits.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"
#include "tests/train/line_model.h"

namespace downhill {
namespace {

/// Writes down what it is called with.
class Recorder : public Observer {
 public:
  std::string text() const override { return "recorder"; }
  bool wants_sums() const override { return true; }
  void begin(Optimizer&) override { calls += "begin "; }
  void before_step(const Batch& batch) override {
    calls += "before" + std::to_string(batch.size());
  }
  void after_backward(std::span<const Parameter> parameters, double&) override {
    calls += " backward" + std::to_string(parameters.size());
  }
  void after_step(const StepSums& sums) override {
    calls += " step" + std::to_string(sums.step) + " ";
    last.assign(sums.tensors.begin(), sums.tensors.end());
    lr = sums.lr;
  }
  std::optional<Stop> after_epoch(const RunLog& log) override {
    calls += "epoch" + std::to_string(log.epochs.back().epoch) + " ";
    if (log.epochs.back().epoch < 2) return {};
    return Stop{Ended::target_reached, "two are enough"};
  }

  std::string calls;
  std::vector<TensorSums> last;
  double lr = 0;
};

TEST(Observer, IsCalledInOrderAndMayEndTheRun) {
  const Tensor x = points({24, 2}, 1, -1, 1, Type::f32);
  auto model = one_layer();
  Optimizer optimizer(SGD{.lr = 0.1}, model.parameters());
  const auto recorder = std::make_shared<Recorder>();
  FitOptions options = quick(9);
  options.observers = {recorder};
  const FitResult result = fit(model, optimizer, MSE{}, Dataset(x, line_of(x)), nullptr, options);
  EXPECT_EQ(recorder->calls,
            "begin before16 backward2 step1 before8 backward2 step2 epoch1 "
            "before16 backward2 step3 before8 backward2 step4 epoch2 ");
  EXPECT_EQ(result.ended, Ended::target_reached);
  EXPECT_EQ(result.message, "two are enough");
  EXPECT_EQ(result.log.end->message, "two are enough");
  EXPECT_EQ(result.epochs, 2);
  EXPECT_FALSE(result.failed());
}

// Plain descent moves by lr times the gradient; the norms are of one step of one row, by hand:
// model w . x + b with x = (3, 4), residual r, gradient 2 r (3, 4) and 2 r.
TEST(Observer, SeesTheNormsOfGradientDirectionAndParameter) {
  auto model = one_layer(Type::f64);
  model.load({{"0.weight", Tensor({{0.5, -1}}, Type::f64)}, {"0.bias", Tensor({2}, Type::f64)}});
  Optimizer optimizer(SGD{.lr = 0.01}, model.parameters());
  const auto recorder = std::make_shared<Recorder>();
  FitOptions options = quick(1);
  options.observers = {recorder};
  const Dataset one(Tensor({{3, 4}}, Type::f64), Tensor({{1.5}}, Type::f64));
  fit(model, optimizer, MSE{}, one, nullptr, options);
  const double r = 0.5 * 3 - 4 + 2 - 1.5;
  ASSERT_EQ(recorder->last.size(), 2U);
  EXPECT_EQ(recorder->last[0].name, "0.weight");
  EXPECT_NEAR(recorder->last[0].gradient, 2 * std::abs(r) * 5, 1e-12);
  EXPECT_NEAR(recorder->last[0].direction, 0.01 * 2 * std::abs(r) * 5, 1e-12);
  EXPECT_NEAR(recorder->last[0].parameter, std::sqrt(1.25), 1e-12);
  EXPECT_NEAR(recorder->last[1].gradient, 2 * std::abs(r), 1e-12);
  EXPECT_NEAR(recorder->last[1].direction, 0.01 * 2 * std::abs(r), 1e-12);
  EXPECT_NEAR(recorder->last[1].parameter, 2, 1e-12);
  EXPECT_EQ(recorder->lr, 0.01);
}

TEST(Observer, MayChangeGradients) {
  struct Zero : Observer {
    std::string text() const override { return "zero"; }
    void after_backward(std::span<const Parameter> parameters, double&) override {
      for (const Parameter& p : parameters)
        Tensor(p.tensor).set_grad(Tensor::zeros(p.tensor.shape(), p.tensor.type()));
    }
  };
  const Tensor x = points({16, 2}, 1, -1, 1, Type::f32);
  auto model = one_layer();
  const Tensor before = model.parameters()[0].tensor.clone();
  Optimizer optimizer(SGD{.lr = 0.1}, model.parameters());
  FitOptions options = quick(2);
  options.observers = {std::make_shared<Zero>()};
  fit(model, optimizer, MSE{}, Dataset(x, line_of(x)), nullptr, options);
  EXPECT_TRUE(same_bits(model.parameters()[0].tensor, before));
}

/// The learning rates after each of these losses.
std::vector<double> rates(const ReduceOnPlateau& method, double lr = 0.1) {
  const double kLosses[] = {1,    0.9,  0.9, 0.89995, 0.8999, 0.8998, 0.5, 0.6,     0.55,   0.52,
                            0.51, 0.51, 0.4, 0.45,    NAN,    0.41,   0.4, 0.39999, 0.3999, 0.38,
                            0.5,  0.5,  0.5, 0.5,     0.5,    0.5,    0.5, 0.5,     0.5,    0.5};
  Tensor w = Tensor::zeros({1});
  w.requires_grad(true);
  Optimizer optimizer(SGD{.lr = lr}, std::vector<Tensor>{w});
  const ObserverPtr observer = method.observer();
  observer->begin(optimizer);
  RunLog log;
  std::vector<double> seen;
  for (const double loss : kLosses) {
    const auto epoch = static_cast<std::int64_t>(log.epochs.size() + 1);
    log.epochs.push_back({.epoch = epoch, .loss = loss});
    EXPECT_FALSE(observer->after_epoch(log).has_value());
    seen.push_back(optimizer.get("lr"));
  }
  return seen;
}

// By torch.optim.lr_scheduler.ReduceLROnPlateau of PyTorch 1.13.1 on these losses.
TEST(ReduceOnPlateau, GivesPyTorchsRates) {
  const auto expect = [](const std::vector<double>& seen, const std::vector<double>& expected) {
    ASSERT_EQ(seen.size(), expected.size());
    for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_DOUBLE_EQ(seen[i], expected[i]) << i;
  };
  expect(rates({.factor = 0.5, .patience = 2}),
         {0.1,   0.1,   0.1,    0.1,    0.1,    0.1,     0.1,     0.1,     0.1,      0.05,
          0.05,  0.05,  0.05,   0.05,   0.05,   0.025,   0.025,   0.025,   0.025,    0.025,
          0.025, 0.025, 0.0125, 0.0125, 0.0125, 0.00625, 0.00625, 0.00625, 0.003125, 0.003125});
  expect(rates({.factor = 0.5,
                .patience = 1,
                .threshold = 0.05,
                .threshold_mode = ThresholdMode::abs,
                .cooldown = 2,
                .min_lr = 0.01}),
         {0.1,   0.1,   0.1,   0.05,  0.05,   0.05,   0.05,   0.05,   0.025, 0.025,
          0.025, 0.025, 0.025, 0.025, 0.0125, 0.0125, 0.0125, 0.0125, 0.01,  0.01,
          0.01,  0.01,  0.01,  0.01,  0.01,   0.01,   0.01,   0.01,   0.01,  0.01});
  std::vector<double> third(30, 0.0010000000000000002);
  std::fill(third.begin(), third.begin() + 7, 0.010000000000000002);
  third[0] = third[1] = 0.1;
  expect(rates({.factor = 0.1, .patience = 0, .threshold = 0, .eps = 1e-3}), third);
}

TEST(ReduceOnPlateau, WatchesTheValidationLossAndEachGroupsOwnRate) {
  Tensor a = Tensor::zeros({1}), b = Tensor::zeros({1});
  a.requires_grad(true), b.requires_grad(true);
  Optimizer optimizer(SGD{.lr = 0.4}, {Parameter{"a", a}, Parameter{"b", b}});
  optimizer.group("b", {{"lr", "0.1"}});
  const ObserverPtr observer =
      ReduceOnPlateau{.factor = 0.5, .patience = 0, .min_lr = 0.08}.observer();
  observer->begin(optimizer);
  RunLog log;
  for (std::int64_t epoch = 1; epoch <= 2; ++epoch) {
    log.epochs.push_back({.epoch = epoch, .loss = 1 / static_cast<double>(epoch)});
    log.epochs.push_back({.epoch = epoch, .split = Split::validation, .loss = 2});
    observer->after_epoch(log);
  }
  EXPECT_EQ(optimizer.get("lr"), 0.2);
  a.set_grad(Tensor::ones({1})), b.set_grad(Tensor::ones({1}));
  optimizer.step();
  EXPECT_FLOAT_EQ(static_cast<float>(a.item()), -0.2F);
  EXPECT_FLOAT_EQ(static_cast<float>(b.item()), -0.08F);
}

TEST(ReduceOnPlateau, RefusesWhatItCannotDo) {
  expect_usage([] { ReduceOnPlateau{.factor = 1}.observer(); }, "factor = 1", "(0, 1)");
  expect_usage([] { ReduceOnPlateau{.patience = -1}.observer(); }, "patience");
  expect_usage([] { observer_from("reduce_on_plato"); }, "'reduce_on_plateau'");
  EXPECT_EQ(observer_from("reduce_on_plateau:factor=0.5,threshold_mode=abs")->text(),
            "reduce_on_plateau:factor=0.5,patience=10,threshold=0.0001,threshold_mode=abs,"
            "cooldown=0,min_lr=0,eps=1e-08");
  EXPECT_EQ(observers_from("reduce_on_plateau | reduce_on_plateau:factor=0.2").size(), 2U);
  EXPECT_TRUE(observers_from("").empty());
}

/// A run that reduces its rate several times; stopped after `stop_at` steps and resumed, if asked.
struct Plateaued {
  explicit Plateaued(std::int64_t stop_at = 0) {
    const Tensor x = points({48, 2}, 1, -1, 1, Type::f32),
                 other = points({16, 2}, 2, -1, 1, Type::f32);
    const Dataset train(x, line_of(x)), validation(other, line_of(other) * 0.7);
    FitOptions options = quick(12);
    options.out = place / "run";
    const auto go = [&](bool resume, std::int64_t stop) {
      auto model = one_layer();
      Optimizer optimizer(SGD{.lr = 0.2, .momentum = 0.5}, model.parameters());
      std::stop_source source;
      options.resume = resume;
      options.stop = source.get_token();
      options.observers = {ReduceOnPlateau{.factor = 0.5, .patience = 0}.observer()};
      options.progress = [&](const Progress& p) {
        if (p.step == stop) source.request_stop();
      };
      result = fit(model, optimizer, MSE{}, train, &validation, options);
      weights = model.parameters()[0].tensor.clone();
      lr = optimizer.get("lr");
    };
    if (stop_at > 0) go(false, stop_at);
    go(stop_at > 0, -1);
  }
  testing_files::Directory place;
  FitResult result;
  Tensor weights;
  double lr = 0;
};

TEST(ReduceOnPlateau, ResumesBitForBit) {
  const Plateaued whole;
  EXPECT_LT(whole.lr, 0.1) << "it should have been reduced twice or more";
  for (const std::int64_t stop_at : {1, 8, 17, 26, 35}) {
    const Plateaued resumed(stop_at);
    EXPECT_EQ(resumed.result.ended, Ended::steps_done);
    EXPECT_EQ(resumed.lr, whole.lr) << stop_at;
    EXPECT_TRUE(same_bits(resumed.weights, whole.weights)) << stop_at;
    EXPECT_EQ(resumed.result.validation_loss, whole.result.validation_loss);
  }
}

// What is set on the way is no part of the configuration that is compared.
TEST(Fit, ASettingChangedByACallbackDoesNotForbidToResume) {
  const testing_files::Directory place;
  const Tensor x = points({48, 2}, 1, -1, 1, Type::f32);
  const auto go = [&](std::int64_t epochs, bool resume, const ObserverPtr& observer) {
    auto model = one_layer();
    Optimizer optimizer(SGD{.lr = 0.1}, model.parameters());
    FitOptions options = quick(epochs);
    options.out = place / "run";
    options.resume = resume;
    if (observer) options.observers = {observer};
    options.progress = [&](const Progress& p) {
      if (p.step == 4) optimizer.set("lr", 0.025);
    };
    return fit(model, optimizer, MSE{}, Dataset(x, line_of(x)), nullptr, options);
  };
  go(3, false, nullptr);
  EXPECT_EQ(go(4, true, nullptr).epochs, 4);
  EXPECT_THROW(go(5, true, ReduceOnPlateau{}.observer()), FileError) << "another observer";
}

}  // namespace
}  // namespace downhill
