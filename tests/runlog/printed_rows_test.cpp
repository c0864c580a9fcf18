// Printed lines that tell of validation rows, counts in brackets, and numbers with their types.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/runlog/foreign_logs.h"

namespace downhill {
namespace {

using testing_logs::read;
using testing_logs::train_of;
using Numbers = std::vector<double>;

RunLog log_of(const std::string& text) { return read(text, "out.txt").log; }

/// Validation losses and accuracies.
std::pair<Numbers, Numbers> validation_of(const RunLog& log) {
  std::pair<Numbers, Numbers> found;
  for (const auto& r : log.epochs) {
    if (r.split != Split::validation) continue;
    found.first.push_back(r.loss);
    for (const auto& [name, value] : r.metrics)
      if (name == "accuracy") found.second.push_back(value);
  }
  return found;
}

TEST(PrintedRows, AWordInFrontTellsOfValidation) {
  for (const char* text :
       {"Train Epoch: 1 [0/60000 (0%)]\tLoss: 2.5\nTrain Epoch: 1 [640/60000 (1%)]\tLoss: 2\n"
        "\nTest set: Average loss: 0.5, Accuracy: 9000/10000 (90%)\n\n"
        "Train Epoch: 2 [0/60000 (0%)]\tLoss: 1.5\nTrain Epoch: 2 [640/60000 (1%)]\tLoss: 1\n"
        "\nTest set: Average loss: 0.25, Accuracy: 9500/10000 (95%)\n",
        "step 1 loss 2.5\nstep 2 loss 2\nValidation: loss=0.5, accuracy=90%\nstep 3 loss 1.5\n"
        "step 4 loss 1\nValidation: loss=0.25, accuracy=95.0%\n",
        "step 1 loss 2.5\nstep 2 loss 2\n[val] loss: 0.5 acc: 0.9\nstep 3 loss 1.5\nstep 4 loss 1\n"
        "[val] loss: 0.25 acc: 0.95\n",
        "step 1 loss 2.5\nstep 2 loss 2\nEval | avg loss 0.5 | accuracy 0.9\nstep 3 loss 1.5\n"
        "step 4 loss 1\nEval | avg loss 0.25 | accuracy 0.95\n",
        "step 1 loss 2.5\nstep 2 loss 2\n{'eval_loss': 0.5, 'eval_accuracy': np.float64(0.9)}\n"
        "step 3 loss 1.5\nstep 4 loss 1\n{'eval_loss': 0.25, 'eval_accuracy': 0.95}\n"}) {
    SCOPED_TRACE(text);
    const RunLog log = log_of(text);
    EXPECT_EQ(train_of(log), (Numbers{2.5, 2, 1.5, 1}));
    const auto [losses, accuracies] = validation_of(log);
    EXPECT_EQ(losses, (Numbers{0.5, 0.25}));
    EXPECT_EQ(accuracies, (Numbers{0.9, 0.95}));
    ASSERT_EQ(log.epochs.size(), 2U);
    EXPECT_EQ(log.epochs[0].step, log.steps[1].step) << "where training stood";
    EXPECT_EQ(log.epochs[1].step, log.steps[3].step);
  }
}

TEST(PrintedRows, ByEpochOnLinesOfTheirOwn) {
  const RunLog log = log_of(
      "Epoch 0/1\n-----\ntrain Loss: 0.75 Acc: 0.5\nval Loss: 0.5 Acc: 0.625\n\n"
      "Epoch 1/1\n-----\ntrain Loss: 0.25 Acc: 0.75\nval Loss: 0.375 Acc: 0.875\n");
  EXPECT_TRUE(log.steps.empty());
  EXPECT_EQ(train_of(log), (Numbers{0.75, 0.25}));
  EXPECT_EQ(validation_of(log), (std::pair{Numbers{0.5, 0.375}, Numbers{0.625, 0.875}}));
}

// Behind "val" on one line, until "train" stands there.
TEST(PrintedRows, BothOnOneLine) {
  const RunLog log = log_of(
      "Epoch 1: val loss 0.5 acc 0.75 train loss 1 acc 0.5\n"
      "Epoch 2: val loss 0.25 acc 0.875 train loss 0.5 acc 0.625\n");
  EXPECT_EQ(train_of(log), (Numbers{1, 0.5}));
  EXPECT_EQ(validation_of(log), (std::pair{Numbers{0.5, 0.25}, Numbers{0.75, 0.875}}));
}

TEST(PrintedRows, CountsInBrackets) {
  struct Case {
    const char* text;
    std::vector<std::int64_t> steps, epochs;
  };
  const Case cases[] = {
      {"[1,  2000] loss: 2.5\n[1,  4000] loss: 2\n[2,  2000] loss: 1.5\n",
       {2000, 4000, 6000},
       {1, 1, 2}},
      {"[12:00:33] [0]\ttrain-rmse:2.5\n[12:00:34] [1]\ttrain-rmse:2\n[12:00:35] "
       "[2]\ttrain-rmse:1.5\n",
       {0, 1, 2},
       {0, 0, 0}},
      {"Epoch: [1][ 0/9]\tTime 3.0 ( 3.0)\tLoss 2.5e+00 (9)\nEpoch: [1][ 5/9]\tTime 3.0\tLoss 2 "
       "(9)\n"
       "Epoch: [2][ 0/9]\tTime 3.0\tLoss 1.5 (9)\n",
       {0, 5, 5},
       {1, 1, 2}},
      {"Epoch(train)  [1][ 50/100]  lr: 1e-02  loss: 2.5\nEpoch(train)  [1][100/100]  lr: 1e-02  "
       "loss: "
       "2\nEpoch(train)  [2][ 50/100]  lr: 1e-02  loss: 1.5\n",
       {50, 100, 150},
       {1, 1, 2}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const RunLog log = log_of(c.text);
    std::vector<std::int64_t> steps, epochs;
    for (const auto& r : log.steps) steps.push_back(r.step), epochs.push_back(r.epoch);
    EXPECT_EQ(train_of(log), (Numbers{2.5, 2, 1.5}));
    EXPECT_EQ(steps, c.steps);
    EXPECT_EQ(epochs, c.epochs);
  }
}

TEST(PrintedRows, NumbersWithTheirTypes) {
  const RunLog log = log_of(
      "step 1 loss tensor(2.5, device='cuda:0')\nstep 2 loss: tensor(1.5, grad_fn=<NllLoss>)\n"
      "step 3 loss: np.float32(0.5)\nstep 4 loss = tensor(nan)\nstep 5 loss: -1.#IND\n"
      "step 6 loss: 1.#INF\nstep 7 loss: -Infinity\n");
  const Numbers losses = train_of(log);
  ASSERT_EQ(losses.size(), 7U);
  EXPECT_EQ(Numbers(losses.begin(), losses.begin() + 3), (Numbers{2.5, 1.5, 0.5}));
  EXPECT_TRUE(std::isnan(losses[3]) && std::isnan(losses[4]));
  EXPECT_EQ(losses[5], HUGE_VAL);
  EXPECT_EQ(losses[6], -HUGE_VAL);
}

// A first character alone makes no JSON.
TEST(PrintedRows, ABracketInFrontIsNoJson) {
  for (const char* first : {"[LightGBM] [Info] Number of positive: 100, number of negative: 200\n",
                            "[INFO] starting\n", "[NCCL] INFO\n", "{not json\n",
                            "[2024-01-01 10:00:00,123] begin, with\n", "[[ 0.5 1.5]]\n"})
    EXPECT_EQ(train_of(log_of(first + std::string("[2024-01-01 10:00:00] step 1 loss 2.5\n"
                                                  "[2024-01-01 10:00:01] step 2 loss 2\n"))),
              (Numbers{2.5, 2}))
        << first;
  EXPECT_EQ(train_of(log_of("[\n  {\"step\": 1, \"loss\": 2.5},\n  {\"step\": 2, \"loss\": 2}\n]")),
            (Numbers{2.5, 2}));
}

// The batches of a validation are one measurement, of which the mean is known.
TEST(PrintedRows, BatchesOfAValidationAreOne) {
  const std::string epoch =
      "Epoch: [1][ 0/9]\tLoss 2.5 (9)\nTest: [ 0/20]\tLoss 1 (9)\tAcc@1 0.25\n"
      "Test: [10/20]\tLoss 2 (9)\tAcc@1 0.5\nTest: [20/20]\tLoss 6 (9)\tAcc@1 0.75\n";
  const RunLog log = log_of(epoch + "Epoch: [2][ 0/9]\tLoss 2 (9)\nTest: [ 0/20]\tLoss 4 (9)\n");
  EXPECT_EQ(train_of(log), (Numbers{2.5, 2}));
  EXPECT_EQ(validation_of(log), (std::pair{Numbers{3, 4}, Numbers{0.5}}));
}

TEST(PrintedRows, CatBoost) {
  const RunLog log = log_of(
      "Learning rate set to 0.03\n0:\tlearn: 2.5\ttest: 3\tbest: 3 (0)\ttotal: 50ms\n"
      "10:\tlearn: 2\ttest: 2.5\tbest: 2.5 (10)\ttotal: 60ms\tremaining: 1s\n");
  EXPECT_EQ(train_of(log), (Numbers{2.5, 2}));
  EXPECT_EQ(validation_of(log).first, (Numbers{3, 2.5}));
  ASSERT_EQ(log.epochs.size(), 4U);
  EXPECT_EQ(log.epochs.back().step, 10);
}

TEST(PrintedRows, AnEvaluationAfterTrainingIsNoEpoch) {
  std::string text;
  for (int epoch = 1; epoch < 4; ++epoch)
    text += "Epoch " + std::to_string(epoch) + "/3\n9/9 - 5s - loss: " + std::to_string(4 - epoch) +
            " - val_loss: 2\n";
  const RunLog log = log_of(text + "3/3 - 0s - loss: 9\nTest loss: 9\n");
  EXPECT_EQ(train_of(log), (Numbers{3, 2, 1}));
  EXPECT_EQ(validation_of(log).first, (Numbers{2, 2, 2}));
  EXPECT_TRUE(log.steps.empty());
}

// A count of steps is no figure of validation rows, though it stands behind their word.
TEST(PrintedRows, StepsOfValidationLines) {
  const RunLog log = log_of(
      "train | loss 2.5 | num_updates 100\nvalid | loss 3 | num_updates 100\n"
      "train | loss 2 | num_updates 200\nvalid | loss 2.5 | num_updates 200\n");
  EXPECT_EQ(train_of(log), (Numbers{2.5, 2}));
  ASSERT_EQ(log.epochs.size(), 2U);
  EXPECT_EQ(log.epochs[1].step, 200);
}

}  // namespace
}  // namespace downhill
