// Logs that are what a program printed.
#include <gtest/gtest.h>

#include <cmath>

#include "downhill/runlog/any_log.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_files::Directory;
using testing_files::put;

RunLog log_of(const std::string& text) {
  const Directory place;
  put(place / "out.txt", text);
  return read_any_log(place / "out.txt", {}).log;
}

TEST(PrintedText, IsReadByTheWordsBeforeItsNumbers) {
  struct Case {
    const char* text;
    std::vector<double> train, validation;
    std::vector<std::int64_t> at;  ///< steps, or epochs of a log by epoch
  };
  const std::vector<Case> cases = {
      {"tokens per iteration will be: 16,384\nnumber of parameters: 10.65M\n"
       "step 0: train loss 4.2874, val loss 4.2823\niter 0: loss 4.2654, time 31689.12ms, mfu "
       "-100.00%\n"
       "iter 10: loss 3.2396, time 93.97ms, mfu 3.97%\niter 20: loss 2.79, time 93.97ms, mfu "
       "3.97%\n"
       "iter 30: loss 2.6, time 93.97ms, mfu 3.97%\niter 40: loss 2.5, time 93.97ms, mfu 3.97%\n"
       "step 40: train loss 2.7, val loss 2.75\n",
       {4.2654, 3.2396, 2.79, 2.6, 2.5},
       {4.2823, 2.75},
       {0, 10, 20, 30, 40}},
      {"[0]\tvalidation_0-rmse:0.61\tvalidation_1-rmse:0.63\n"
       "[1]\tvalidation_0-rmse:0.55\tvalidation_1-rmse:0.58\n",
       {0.61, 0.55},
       {0.63, 0.58},
       {}},
      {"[0]\ttrain-logloss:0.61\teval-logloss:0.63\n[1]\ttrain-logloss:0.55\teval-logloss:0.58\n",
       {0.61, 0.55},
       {0.63, 0.58},
       {}},
      {"Epoch [1/2], Step [100/600], Loss: 0.53\nEpoch [1/2], Step [200/600], Loss: 0.41\n",
       {0.53, 0.41},
       {},
       {100, 200}},
      {"Epoch 1/2\n100/100 [====] - 5s 4ms/step - loss: 0.53 - accuracy: 0.8 - val_loss: 0.61\n"
       "Epoch 2/2\n100/100 [====] - 5s 4ms/step - loss: 0.41 - accuracy: 0.9 - val_loss: 0.52\n",
       {0.53, 0.41},
       {0.61, 0.52},
       {1, 2}},
      {"{'loss': 0.53, 'learning_rate': 5e-05, 'epoch': 0.5}\n{'loss': 0.41, 'learning_rate': "
       "4e-05, "
       "'epoch': 1.0}\n",
       {0.53, 0.41},
       {},
       {}},
      {"2024-01-01 12:00:00,123 INFO: step 5 loss=5.3e-1\n2024-01-01 12:00:01,124 INFO: step 6 "
       "loss=nan\n",
       {0.53, std::nan("")},
       {},
       {5, 6}},
      {"Train Epoch: 1 [0/60000 (0%)]\tLoss: 2.30\nTrain Epoch: 1 [640/60000 (1%)]\tLoss: 1.90\n",
       {2.3, 1.9},
       {},
       {}},
      {" 10%|#   | 1/10 loss=9.0\r 20%|##  | 2/10 loss=0.53\nloss=0.41\n", {0.53, 0.41}, {}, {}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const RunLog log = log_of(c.text);
    std::vector<double> train, validation;
    std::vector<std::int64_t> at;
    for (const auto& r : log.steps) train.push_back(r.loss), at.push_back(r.step);
    for (const auto& r : log.epochs) {
      (r.split == Split::train ? train : validation).push_back(r.loss);
      if (r.split == Split::train) at.push_back(r.epoch);
    }
    ASSERT_EQ(train.size(), c.train.size());
    for (std::size_t i = 0; i < train.size(); ++i)
      EXPECT_TRUE(train[i] == c.train[i] || (std::isnan(train[i]) && std::isnan(c.train[i])));
    EXPECT_EQ(validation, c.validation);
    if (!c.at.empty()) {
      EXPECT_EQ(at, c.at);
    }
  }
}

TEST(PrintedText, InfinityKeepsItsSign) {
  const RunLog log = log_of("step 1 loss=inf\nstep 2 loss: -inf\n");
  ASSERT_EQ(log.steps.size(), 2U);
  EXPECT_EQ(log.steps[0].loss, HUGE_VAL);
  EXPECT_EQ(log.steps[1].loss, -HUGE_VAL);
}

// A table whose names hold the word, and text without a loss, are no such log.
TEST(PrintedText, IsToldFromATable) {
  const RunLog table = log_of("step,loss,val_loss\n1,2,3\n2,1,2\n3,1,2\n");
  EXPECT_EQ(table.epochs.size() + table.steps.size(), 6U);
  EXPECT_THROW(log_of("epoch 1: all is well\nepoch 2: all is well\n"), FileError);
}

}  // namespace
}  // namespace downhill
