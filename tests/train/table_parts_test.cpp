#include <cmath>

#include "downhill/core/error.h"
#include "downhill/core/random.h"
#include "tests/train/table_case.h"

// The rows of a table run: which are used, how they are split and weighed.

namespace downhill {
namespace {

using testing_files::put;
using testing_tables::TableCase;

TEST_F(TableCase, MissingTargetsAreRefusedOrLeftOut) {
  std::string text = "x,y\n";
  for (int i = 0; i < 40; ++i)
    text += std::to_string(i) + "," + (i == 3 || i == 5 ? "" : std::to_string(2.5 * i)) + "\n";
  TableRunOptions o = options(text, "y");
  try {
    run_table(o);
    FAIL() << "trained without targets";
  } catch (const FileError& error) {
    EXPECT_NE(std::string(error.what()).find(":5:"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("2 of 40"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("--drop-missing-target"), std::string::npos);
  }
  o.drop_missing_target = true;
  const TableRunResult result = run_table(o);
  EXPECT_EQ(result.evaluation("train")->rows + result.evaluation("validation")->rows +
                result.evaluation("test")->rows,
            38);
}

TEST_F(TableCase, PartsOfTheirOwnAndWeights) {
  std::string text = "x,w,group,y\n";
  for (int i = 0; i < 60; ++i)
    text += std::to_string(i % 10) + "," + (i < 30 ? "1" : "0") + ",g" + std::to_string(i % 12) +
            "," + std::to_string(i < 30 ? 2 * (i % 10) : 50) + "\n";
  TableRunOptions o = options(text, "y");
  o.weight = "w";
  o.validation = o.test = 0;
  run_table(o);  // rows of weight 0 are not there
  EXPECT_NEAR(predict(o, "x,w,group\n4,1,g1\n").predictions.values[0], 8, 0.1);

  TableRunOptions grouped = options(text, "y");
  grouped.split_by_group = "group";
  const TableRunResult result = run_table(grouped);
  EXPECT_EQ(result.evaluation("test")->rows % 5, 0);  // each group has 5 rows
  put(place_ / "test.csv", "x,w,group,y\n1,1,g1,2\n2,1,g1,4\n3,1,g1,6\n");
  TableRunOptions own = options(text, "y");
  own.test_file = place_ / "test.csv";
  EXPECT_EQ(run_table(own).evaluation("test")->rows, 3);
}

TEST_F(TableCase, ATableOfItsOwnIsReadAsTheRunSays) {
  std::string text = "x,w,y\n";
  for (int i = 0; i < 40; ++i)
    text += std::to_string(i % 10) + ",1," + std::to_string(2 * (i % 10)) + "\n";
  TableRunOptions o = options(text, "y");
  o.weight = "w";
  put(place_ / "own.csv", "x,w,y\n1,1,2\n2,1,4\n3,0,1000\n4,1,\n");
  o.validation_file = place_ / "own.csv";
  o.drop_missing_target = true;
  const TableRunResult result = run_table(o);
  EXPECT_EQ(result.evaluation("validation")->rows, 3);
  EXPECT_LT(*result.evaluation("validation")->loss, 0.1);  // the row of weight 0 is not there
}

TEST_F(TableCase, LossesOfMarginsSeeMinusOneAndOne) {
  std::string text = "x,y\n";
  for (int i = 0; i < 60; ++i)
    text += std::to_string(i * 7 % 60) + (i * 7 % 60 < 24 ? ",no\n" : ",yes\n");
  for (const char* loss : {"hinge", "squared_hinge", "soft_margin"}) {
    TableRunOptions o = options(text, "y");
    o.loss = loss;
    o.optimizer = "adam:lr=0.05";
    const TableRunResult result = run_table(o);
    EXPECT_EQ(result.card.task, Task::two_classes) << loss;
    const auto p = predict(o, "x\n5\n55\n").predictions;
    EXPECT_EQ(p.classes, (std::vector<std::int64_t>{0, 1})) << loss;
  }
}

TEST_F(TableCase, DistributionsPredictTheirMeanAndTheirParameters) {
  Random random(5);
  std::string text = "x,y\n";
  for (int i = 0; i < 300; ++i)
    text +=
        std::to_string(i % 10) + "," + std::to_string(std::exp(3 + 0.5 * random.normal())) + "\n";
  for (const char* loss : {"log_normal_nll", "gamma_nll", "weibull_nll", "laplace_nll",
                           "student_t_nll", "crps_normal", "tweedie:power=1.5"}) {
    TableRunOptions o = options(text, "y");
    o.loss = loss;
    o.optimizer = "adam:lr=0.02";
    o.epochs = 200;
    run_table(o);
    const auto made = predict(o, "x\n5\n");
    // The mean of y is exp(3.125) = 22.8, its median 20.1.
    EXPECT_NEAR(std::get<std::vector<double>>(made.columns[0].values)[0], 21.5, 3.5) << loss;
    EXPECT_EQ(made.columns[0].name, "prediction");
  }
}

}  // namespace
}  // namespace downhill
