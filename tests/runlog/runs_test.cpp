// Several runs in one file, runs that were restarted, and rows in another order.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "tests/runlog/foreign_logs.h"

namespace downhill {
namespace {

using testing_logs::noted;
using testing_logs::read;
using testing_logs::train_of;

/// Rows "step,loss" of a loss that falls from `high`.
std::string rows(int from, int to, double high, int by = 1, const std::string& before = "") {
  std::string text;
  for (int step = from; step < to; step += by)
    text +=
        before + std::to_string(step) + "," + std::to_string(high / (1 + 0.1 * step) + 0.1) + "\n";
  return text;
}

std::vector<std::int64_t> places_of(const RunLog& log) {
  std::vector<std::int64_t> places;
  for (const auto& r : log.steps) places.push_back(r.step);
  for (const auto& r : log.epochs)
    if (r.split == Split::train) places.push_back(r.epoch);
  return places;
}

std::vector<std::int64_t> counted(std::int64_t from, std::int64_t to) {
  std::vector<std::int64_t> all;
  for (; from < to; ++from) all.push_back(from);
  return all;
}

TEST(Runs, RowsInAnyOrderArePutIntoThatOfTheirSteps) {
  std::string shuffled = "step,loss\n", text = "step,loss\n", plain = "step,loss\n";
  std::map<std::string, std::string> as_text;
  for (int i = 0; i < 120; ++i) {
    const int step = i * 53 % 120;
    shuffled += rows(step, step + 1, 2);
    as_text[std::to_string(i)] = rows(i, i + 1, 2);
  }
  for (const auto& [step, row] : as_text) text += row;
  plain += rows(0, 120, 2);
  const AnyLog expected = read(plain);
  EXPECT_FALSE(noted(expected, "order"));
  for (const std::string& other : {shuffled, text}) {
    const AnyLog any = read(other);
    EXPECT_EQ(places_of(any.log), counted(0, 120));
    EXPECT_EQ(train_of(any.log), train_of(expected.log));
    EXPECT_TRUE(noted(any, "not in the order of step")) << any.notes[0];
  }
}

// Twelve epochs sorted as text go back once, as after a restart, but repeat nothing.
TEST(Runs, FewEpochsSortedAsText) {
  std::string text = "epoch,loss,val_loss\n";
  for (const int epoch : {1, 10, 11, 12, 2, 3, 4, 5, 6, 7, 8, 9})
    text += std::to_string(epoch) + "," + std::to_string(20 - epoch) + ",3\n";
  const AnyLog any = read(text);
  EXPECT_EQ(places_of(any.log), counted(1, 13));
  EXPECT_EQ(train_of(any.log).back(), 8);
}

// The rows of an epoch stay with it, also where steps begin anew in each.
TEST(Runs, RowsAreOrderedByEpochAndStep) {
  const AnyLog any = read("epoch,step,loss\n2,1,3\n2,2,2\n3,1,1.5\n1,2,4\n1,1,5\n3,2,1\n");
  EXPECT_EQ(train_of(any.log), (std::vector<double>{5, 4, 3, 2, 1.5, 1}));
}

TEST(Runs, OfSeveralInAFileTheLastIsExamined) {
  const std::string head = "step,loss\n";
  const std::string two = head + rows(0, 40, 2) + rows(0, 30, 3);
  const AnyLog any = read(two);
  EXPECT_EQ(train_of(any.log), train_of(read(head + rows(0, 30, 3)).log));
  EXPECT_TRUE(noted(any, "2 runs, for step begins anew; the last is examined, line 42 to line 71"))
      << any.notes[0];
  // The names again, as a program writes them that appends.
  const AnyLog again = read(head + rows(0, 40, 2) + head + rows(0, 30, 3));
  EXPECT_EQ(train_of(again.log), train_of(any.log));
  EXPECT_TRUE(noted(again, "line 42 repeats the names of the columns"));
  EXPECT_TRUE(noted(again, "2 runs"));
  // And at the end, where nothing follows yet.
  EXPECT_EQ(train_of(read(two + head).log), train_of(any.log));
  // By epoch, three runs of few.
  const AnyLog epochs =
      read("epoch,loss,val_loss\n0,3,3\n1,2,3\n0,3,3\n1,2,3\n2,1,3\n0,4,4\n1,3,4\n");
  EXPECT_EQ(train_of(epochs.log), (std::vector<double>{4, 3}));
  EXPECT_EQ(places_of(epochs.log), (std::vector<std::int64_t>{1, 2}));
  EXPECT_TRUE(noted(epochs, "3 runs"));
}

TEST(Runs, ALineOfConfigurationStandsBeforeEachOfJson) {
  std::string text;
  for (const double high : {2.0, 4.0}) {
    text += "{\"config\": {\"lr\": 0.1}}\n";
    for (int step = 0; step < 20; ++step)
      text += "{\"step\": " + std::to_string(step) +
              ", \"loss\": " + std::to_string(high / (1 + step)) + "}\n";
  }
  const AnyLog any = read(text, "log.jsonl");
  ASSERT_EQ(any.log.steps.size(), 20U);
  EXPECT_EQ(any.log.steps[0].loss, 4);
}

TEST(Runs, AreToldByAColumn) {
  std::string text = "run_id,step,loss\n";
  for (int step = 0; step < 20; ++step)
    text += rows(step, step + 1, 2, 1, "a,") + rows(step, step + 1, 3, 1, "b,");
  const AnyLog any = read(text);
  EXPECT_EQ(train_of(any.log), train_of(read("step,loss\n" + rows(0, 20, 3)).log));
  EXPECT_TRUE(noted(any, "column 'run_id' tells so many, and 'b' begins last")) << any.notes[0];
  // More names than runs are told by, and a loss that is none in what is left.
  std::string many = "run,step,loss\n";
  for (int i = 0; i < 300; ++i)
    many += "n" + std::to_string(i) + "," + std::to_string(i % 150) + "," +
            (i < 150 ? std::to_string(i) : "bad" + std::to_string(i)) + "\n";
  for (int i = 0; i < 250; ++i) many.insert(many.size(), "x" + std::to_string(i) + ",150,y\n");
  EXPECT_THROW(read(many), FileError);
  // A name per row is no run.
  EXPECT_EQ(read("run,step,loss\na,1,3\nb,2,2\nc,3,1\n").log.steps.size(), 3U);
}

// Newest first, as a query sorts them: the run that began last stands above.
TEST(Runs, NamedOnesFromTheNewestToTheOldest) {
  std::string text;
  for (int step = 0; step < 20; ++step) text = rows(step, step + 1, 2, 1, "a,") + text;
  for (int step = 0; step < 20; ++step) text = rows(step, step + 1, 3, 1, "b,") + text;
  const AnyLog any = read("run_id,step,loss\n" + text);
  EXPECT_EQ(train_of(any.log), train_of(read("step,loss\n" + rows(0, 20, 3)).log));
  EXPECT_TRUE(noted(any, "turned round")) << any.notes[0];
  EXPECT_TRUE(noted(any, "'b' begins last")) << any.notes[1];
}

// A job that was queued again writes under a new name, from its last checkpoint on.
TEST(Runs, OneThatWasResumedUnderAnotherNameIsWhole) {
  const std::string head = "job,step,loss\n", whole = "step,loss\n" + rows(0, 60, 2);
  for (const int again : {40, 33}) {
    AnyLog any =
        read(head + rows(0, 40, 2, 1, "17,") + rows(again, 60, 2, 1, "18,") + "18,60,0.4\n");
    ASSERT_EQ(any.log.steps.size(), 61U) << again;
    any.log.steps.pop_back();
    EXPECT_EQ(train_of(any.log), train_of(read(whole).log)) << again;
    EXPECT_TRUE(noted(any, "run '18' goes on where '17' stood")) << any.notes[0];
  }
  // A run before it is another one.
  const AnyLog three =
      read(head + rows(0, 30, 5, 1, "16,") + rows(0, 40, 2, 1, "17,") + rows(40, 60, 2, 1, "18,"));
  EXPECT_EQ(train_of(three.log), train_of(read(whole).log));
  EXPECT_TRUE(noted(three, "2 runs")) << three.notes[1];
  // So is one whose steps count on while its loss begins anew.
  std::string fold = head + rows(0, 40, 2, 1, "a,");
  for (int step = 0; step < 40; ++step)
    fold += "b," + std::to_string(step + 40) + "," + std::to_string(2 / (1 + 0.1 * step)) + "\n";
  EXPECT_EQ(read(fold).log.steps.size(), 40U);
  // And runs of a sweep that log at other places.
  std::string sweep = head + rows(10, 400, 2, 10, "a,");
  for (int step = 100; step < 400; step += 50) sweep += "b," + std::to_string(step) + ",1.1\n";
  EXPECT_EQ(read(sweep).log.steps.size(), 6U);
  const AnyLog seeds =
      read("seed,step,loss\n" + rows(0, 40, 2, 1, "1,") + rows(40, 60, 2, 1, "2,"));
  EXPECT_EQ(seeds.log.steps.size(), 20U);
}

// After a crash the last epochs are done again.
TEST(Runs, OfWhatARestartRepeatsTheLaterRowsAreTaken) {
  const AnyLog any = read("step,loss\n" + rows(0, 40, 2) + rows(30, 60, 3));
  EXPECT_EQ(places_of(any.log), counted(0, 60));
  EXPECT_EQ(any.log.steps[29].loss, train_of(read("step,loss\n" + rows(0, 60, 2)).log)[29]);
  EXPECT_EQ(any.log.steps[30].loss, train_of(read("step,loss\n" + rows(0, 60, 3)).log)[30]);
  EXPECT_TRUE(noted(any, "step goes back at line 42")) << any.notes[0];
  EXPECT_TRUE(noted(any, "10 earlier ones are left out")) << any.notes[0];
}

// Workers that write out of turn are no restarts: every row stays.
TEST(Runs, RowsOutOfTurnAreOrdered) {
  std::string text = "step,rank,loss\n";
  for (int i = 0; i < 400; ++i)
    text +=
        std::to_string(i / 2 + (i % 5 == 4 ? 1 : 0)) + ",0," + std::to_string(9 - 0.01 * i) + "\n";
  const AnyLog any = read(text);
  EXPECT_EQ(any.log.steps.size(), 400U);
  EXPECT_TRUE(noted(any, "not in the order of step")) << any.notes[0];
}

// A validation's own rows go with the epochs that are done again.
TEST(Runs, ARestartTakesBackValidationsToo) {
  const AnyLog any = read(
      "epoch,step,train_loss,val_loss\n0,9,5,\n0,9,,5\n1,19,4,\n1,19,,4\n2,29,3,\n2,29,,3\n3,39,2,"
      "\n"
      "3,39,,2\n2,29,3.5,\n2,29,,3.5\n3,39,2.5,\n3,39,,2.5\n4,49,1,\n4,49,,1\n");
  std::vector<double> validation;
  for (const auto& r : any.log.epochs)
    if (r.split == Split::validation) validation.push_back(r.loss);
  EXPECT_EQ(validation, (std::vector<double>{5, 4, 3.5, 2.5, 1}));
  EXPECT_EQ(train_of(any.log), validation);
}

// Without epochs a step that begins anew begins an epoch where the loss goes on.
TEST(Runs, StepsOfEachEpochAreNoRuns) {
  std::string text = "batch,loss\n";
  for (int i = 0; i < 60; ++i)
    text += std::to_string(i % 20) + "," + std::to_string(2 / (1 + 0.1 * i)) + "\n";
  const AnyLog any = read(text);
  ASSERT_EQ(any.log.steps.size(), 60U);
  EXPECT_FALSE(noted(any, "runs"));
  for (std::size_t i = 1; i < 60; ++i) EXPECT_GE(any.log.steps[i].step, any.log.steps[i - 1].step);
}

// Workers that log the same steps, and rows without a loss between, are as they ran.
TEST(Runs, WhatIsInOrderStaysAsItIs) {
  EXPECT_EQ(read("step,rank,loss\n0,0,3\n0,1,3\n1,0,2\n1,1,2\n").log.steps.size(), 4U);
  const AnyLog any =
      read("epoch,step,train_loss,val_loss\n0,9,5,\n0,1,,5\n1,19,4,\n1,2,,4\n2,29,3,\n2,3,,3\n");
  EXPECT_EQ(train_of(any.log), (std::vector<double>{5, 4, 3}));
  for (const AnyLog& log : {any})
    for (const std::string& note : log.notes) EXPECT_EQ(note.find("log.csv: "), note.npos) << note;
}

TEST(Runs, WithoutStepsAHeaderThatIsRepeatedBeginsOne) {
  const std::string head = "loss,val_loss\n";
  const AnyLog any = read(head + "4,4\n3,3\n2,2\n1,1\n" + head + "5,4\n4,3\n3,2\n");
  EXPECT_EQ(train_of(any.log), (std::vector<double>{5, 4, 3}));
  const AnyLog on = read(head + "4,4\n3,3\n2,2\n1,1\n" + head + ".9,1\n.8,1\n.7,1\n");
  EXPECT_EQ(train_of(on.log).size(), 7U) << "the loss goes on";
}

}  // namespace
}  // namespace downhill
