// A loss that a log tells no more was NaN; one that is told now and then is not.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/runlog/foreign_logs.h"

namespace downhill {
namespace {

using testing_logs::read;

/// Training and validation losses that are NaN.
std::pair<int, int> lost(const AnyLog& any) {
  std::pair<int, int> count;
  for (const auto& r : any.log.steps) count.first += std::isnan(r.loss);
  for (const auto& r : any.log.epochs)
    (r.split == Split::train ? count.first : count.second) += std::isnan(r.loss);
  return count;
}

bool noted(const AnyLog& any) { return testing_logs::noted(any, "taken as NaN"); }

/// `head` and rows "place,cell" of which those from `gone` on hold `cell`.
std::string table(const std::string& head, int rows, int gone, const std::string& cell,
                  const std::string& more = "") {
  std::string text = head + "\n";
  for (int row = 0; row < rows; ++row)
    text += std::to_string(row) + "," + (row < gone ? std::to_string(9 - 0.1 * row) : cell) + more +
            "\n";
  return text;
}

TEST(Missing, ALossThatIsToldNoMoreWasNan) {
  for (const char* cell : {"", "NA", "N/A", "None", "null", "-"}) {
    const AnyLog any = read(table("step,loss", 40, 30, cell));
    EXPECT_EQ(lost(any), std::pair(10, 0)) << cell;
    EXPECT_NE(any.notes[0].find("the last 10 of 40 rows, from line 32, have no 'loss'"),
              std::string::npos)
        << any.notes[0];
  }
  std::string lines;
  for (int step = 0; step < 40; ++step)
    lines += "{\"step\": " + std::to_string(step) + ", \"loss\": " + (step < 30 ? "2.5" : "null") +
             "}\n";
  EXPECT_EQ(lost(read(lines, "log.jsonl")), std::pair(10, 0));
  EXPECT_EQ(lost(read("{\"loss\": [3, 2, null, null, null, null], \"lr\": [1, 1, 1, 1, 1, 1]}",
                      "history.json")),
            std::pair(4, 0));
  EXPECT_EQ(lost(read("{\"loss\": [3, 2, null, null, null, null]}", "history.json")),
            std::pair(4, 0));
  const auto with_validation = [&](const std::string& loss) {
    std::string text = table("epoch,val_loss,loss", 40, 30, "", ",2.5");
    for (std::size_t at = 0; (at = text.find(",,2.5", at)) != text.npos;) text.replace(at, 5, loss);
    return read(text);
  };
  EXPECT_EQ(lost(with_validation(",,nan")), std::pair(10, 10));
  // Where training goes on as before, it was validated no more.
  EXPECT_EQ(lost(with_validation(",,2.4")), std::pair(0, 0));
  // Nor do rows of their own, such as those of a rate, or one gap, lose the training loss.
  std::string apart = "epoch,val_loss,loss,lr\n";
  for (int row = 0; row < 40; ++row) {
    const std::string at = std::to_string(row), train = row == 35 ? "" : "2.4";
    apart += at + "," + (row < 30 ? "3" : "") + "," + train + ",\n" + at + ",,,0.1\n";
  }
  EXPECT_EQ(lost(read(apart)), std::pair(0, 0));
  EXPECT_TRUE(testing_logs::noted(with_validation(",,2.4"),
                                  "have no 'val_loss', and the log goes "
                                  "on: taken as not measured there"));
}

TEST(Missing, WhatIsToldNowAndThenIsNot) {
  const auto quiet = [](const std::string& text, const std::string& name = "log.csv") {
    const AnyLog any = read(text, name);
    return lost(any) == std::pair(0, 0) && !noted(any);
  };
  EXPECT_TRUE(quiet(table("step,loss", 40, 40, "")));
  EXPECT_TRUE(quiet(table("step,loss", 40, 38, ""))) << "two rows";
  std::string sparse = "step,loss,val_loss\n", apart = "step,loss,val_loss\n", ended;
  for (int step = 0; step < 60; ++step) {
    sparse += std::to_string(step) + ",2.5," + (step % 25 == 24 ? "3" : "") + "\n";
    apart += std::to_string(step) + (step % 4 == 3 ? ",,3" : step < 57 ? ",2.5," : ",,") + "\n";
  }
  EXPECT_TRUE(quiet(sparse)) << "a validation of every 25 rows";
  EXPECT_TRUE(quiet(apart)) << "rows of their own";
  // What is told at the last step, and what another phase tells.
  std::string test = table("step,loss,test_acc", 40, 40, "", ",");
  for (int task = 0; task < 20; ++task) test += "39,,0.5\n";
  EXPECT_TRUE(quiet(test));
  std::string phase = table("step,loss,reward", 40, 40, "", ",");
  for (int step = 40; step < 60; ++step) phase += std::to_string(step) + ",,0.5\n";
  EXPECT_TRUE(quiet(phase));
}

// A batch now and then whose loss is NaN is told as one with one such batch is.
TEST(Missing, NanNowAndThen) {
  std::string few = "step,loss,lr\n", sparse = few, apart = "step,loss,val_loss\n";
  for (int step = 0; step < 60; ++step) {
    const std::string at = std::to_string(step);
    few += at + (step == 20 || step == 40 ? ",nan,1\n" : ",2.5,1\n");
    sparse += at + (step % 5 ? ",nan,1\n" : ",2.5,1\n");
    apart += at + (step % 15 == 14 ? ",nan,3\n" : ",2.5,nan\n");
  }
  EXPECT_EQ(lost(read(few)), std::pair(2, 0));
  EXPECT_EQ(lost(read(sparse)), std::pair(0, 0)) << "every fifth row has a loss";
  EXPECT_EQ(lost(read(apart)), std::pair(0, 0)) << "rows of validation";
}

}  // namespace
}  // namespace downhill
