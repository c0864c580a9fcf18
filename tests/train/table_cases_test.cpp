#include <gtest/gtest.h>

#include <cmath>

#include "downhill/core/error.h"
#include "downhill/core/random.h"
#include "downhill/io/input_file.h"
#include "downhill/runlog/reader.h"
#include "downhill/train/files.h"
#include "downhill/train/table_run.h"
#include "tests/train/table_case.h"

// Tables as people have them, through a whole run.

namespace downhill {
namespace {

using testing_files::put;
using testing_tables::TableCase;

/// Rows "x,label" in which `second` is likelier for a larger x.
std::string two_classes(const std::string& first, const std::string& second) {
  Random random(3);
  std::string text = "x,y\n";
  for (int i = 0; i < 60; ++i) {
    const double x = random.normal();
    text += std::to_string(x) + "," + (x + random.normal() > 0.5 ? second : first) + "\n";
  }
  return text;
}

TEST_F(TableCase, TwoClassesAreTheSameHoweverTheyAreWritten) {
  for (const char* loss : {"bce_with_logits", "cross_entropy", "mse", "huber:delta=0.2",
                           "-(y*log(p)+(1-y)*log(1-p))", "where(y>0.5,10,1)*(p-y)^2"}) {
    std::vector<TableRunOptions> runs;
    std::vector<TableRunResult> results;
    for (const auto& [first, second] :
         {std::pair("0", "1"), std::pair("no", "yes"), std::pair("false", "true")}) {
      runs.push_back(options(two_classes(first, second), "y"));
      runs.back().loss = loss;
      results.push_back(run_table(runs.back()));
    }
    for (std::size_t i = 1; i < runs.size(); ++i) {
      EXPECT_EQ(bytes(runs[i]), bytes(runs[0])) << loss;
      EXPECT_EQ(*results[i].evaluation("test")->loss, *results[0].evaluation("test")->loss) << loss;
      EXPECT_EQ(results[i].evaluation("test")->metrics, results[0].evaluation("test")->metrics);
    }
    EXPECT_TRUE(results[0].evaluation("test")->missed.has_value()) << loss;
  }
}

TEST_F(TableCase, TheUnitOfTheTargetDoesNotMatter) {
  Random random(5);
  std::vector<double> x, y;
  for (int i = 0; i < 80; ++i) {
    x.push_back(random.normal());
    y.push_back(3 + 2 * x.back() + random.normal());
  }
  const auto table = [&](double unit) {
    std::string text = "x,y\n";
    for (std::size_t i = 0; i < x.size(); ++i)
      text += print_option(x[i]) + "," + print_option(y[i] * unit) + "\n";
    return text;
  };
  const auto with = [&](const std::string& loss, double unit) {
    TableRunOptions o = options(table(unit), "y");
    o.loss = loss;
    o.model = "mlp:8";
    o.optimizer = "adamw:lr=0.01";
    o.batch = 16;
    o.epochs = 20;
    run_table(o);
    return std::pair(bytes(o), predict(o, table(1)).predictions.values);
  };
  for (const std::string loss : {"mse", "mae", "quantile:quantile=0.8", "huber"}) {
    const auto spec = [&](double unit) {
      return loss == "huber" ? "huber:delta=" + print_option(0.7 * unit) : loss;
    };
    const auto one = with(spec(1), 1);
    for (const double power : {std::ldexp(1, -20), std::ldexp(1, 30)}) {
      const auto other = with(spec(power), power);
      EXPECT_EQ(other.first, one.first) << loss << power;
      for (std::size_t i = 0; i < 80; ++i)
        ASSERT_EQ(other.second[i], one.second[i] * power) << loss << power;
    }
    for (const double unit : {1e-9, 1e9}) {
      const auto other = with(spec(unit), unit);
      for (std::size_t i = 0; i < 80; ++i)
        ASSERT_NEAR(other.second[i] / unit, one.second[i], 1e-5 * 2.2) << loss << unit;
    }
  }
}

TEST_F(TableCase, AConstantColumnSaysNothingAboutOtherValues) {
  std::string text = "a,year,y\n";
  for (int i = 0; i < 30; ++i)
    text += std::to_string(i % 7) + ",2024," + std::to_string(100 * (i % 7) + 1000) + "\n";
  const TableRunOptions o = options(text, "y");
  const TableRunResult result = run_table(o);
  const auto p = predict(o, "a,year\n0.5,2024\n0.5,2025\n0.5,2026\n").predictions.values;
  for (const double value : p) EXPECT_NEAR(value, 1050, 0.01);
  EXPECT_EQ(result.card.inputs.columns[1].kind, ColumnKind::left_out);
}

TEST_F(TableCase, QuantitiesInWholeNumbersStayNumbers) {
  std::string text = "area,rooms\n";
  for (int i = 0; i < 60; ++i)
    text += std::to_string(20 + 3 * i) + "," + std::to_string(1 + i % 9) + "\n";
  EXPECT_EQ(run_table(options(text, "rooms")).card.task, Task::numbers);
}

TEST_F(TableCase, RareClassesStandInEveryPartOrAreNamed) {
  std::string text = "x,label\n";
  for (int i = 0; i < 100; ++i) text += std::to_string(i) + "," + (i % 2 ? "a" : "b") + "\n";
  const TableRunResult one = run_table(options(text + "7,rare\n", "label"));
  ASSERT_FALSE(one.notes.empty());
  EXPECT_NE(one.notes[0].find("rare"), std::string::npos) << one.notes[0];
  const TableRunResult three = run_table(options(text + "7,rare\n8,rare\n9,rare\n", "label"));
  for (const std::string& note : three.notes)
    EXPECT_EQ(note.find("rare"), std::string::npos) << note;
  for (const char* part : {"train", "validation", "test"})
    EXPECT_EQ(three.evaluation(part)->classes[2].weight, 1) << part;
}

TEST_F(TableCase, ARunIsNotResumedOnAnotherTable) {
  std::string text = "x,y\n", other = "x,y\n";
  for (int i = 0; i < 30; ++i) text += std::to_string(i) + "," + std::to_string(i * i) + "\n";
  for (int i = 30; i-- > 0;) other += std::to_string(i) + "," + std::to_string(i * i) + "\n";
  TableRunOptions o = options(text, "y");
  run_table(o);
  put(o.data, other);
  o.resume = true;
  try {
    run_table(o);
    FAIL() << "resumed on other rows";
  } catch (const FileError& error) {
    EXPECT_EQ(error.kind(), FileError::Kind::model);
    EXPECT_NE(std::string(error.what()).find("table = "), std::string::npos) << error.what();
  }
  EXPECT_NE(finished_run(o.out).note, "");
  put(o.data, text);
  EXPECT_EQ(finished_run(o.out).note, "");
}

TEST_F(TableCase, AMissedPositiveCostsWhatWasSaid) {
  TableRunOptions o = options(two_classes("no", "yes"), "y");
  o.cost_missed = 9;
  o.loss = "bce_with_logits";
  const TableRunResult plain = run_table(o);
  EXPECT_DOUBLE_EQ(plain.card.threshold, 0.1);
  EXPECT_EQ(plain.card.price, 1);
  const std::string rows = "x\n-1\n0\n1\n";
  const auto p = predict(o, rows).predictions;
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(p.classes[i], p.probabilities[2 * i + 1] > 0.1 ? 1 : 0);
  // The same loss weighed: its probabilities are corrected to the same size.
  TableRunOptions weighed = options(two_classes("no", "yes"), "y");
  weighed.cost_missed = 9;
  weighed.loss = "bce_with_logits:pos_weight=9";
  const TableRunResult result = run_table(weighed);
  EXPECT_NEAR(result.card.price, 9, 1e-12);
  ASSERT_FALSE(result.notes.empty());
  const auto q = predict(weighed, rows).predictions;
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(q.probabilities[2 * i + 1], p.probabilities[2 * i + 1], 0.1);
  TableRunOptions formula = options(two_classes("no", "yes"), "y");
  formula.loss = "where(y>0.5,10,1)*-(y*log(p)+(1-y)*log(1-p))";
  formula.cost_missed = 9;
  EXPECT_NEAR(run_table(formula).card.price, 10, 1e-12);
}

// A threshold on what is no probability decides wrong.
TEST_F(TableCase, ACostNeedsALossThatTellsProbabilities) {
  TableRunOptions o = options(two_classes("no", "yes"), "y");
  o.cost_missed = 9;
  for (const char* loss : {"cross_entropy", "mse", "soft_margin", "focal:gamma=0",
                           "-(y*log(p)+(1-y)*log(1-p))", "(y-p)^2"}) {
    o.loss = loss;
    EXPECT_NO_THROW(run_table(o)) << loss;
    o.overwrite = true;
  }
  for (const char* loss : {"focal", "hinge", "squared_hinge", "perceptron", "huber:delta=0.2",
                           "mae", "bi_tempered", "generalized_cross_entropy"}) {
    o.loss = loss;
    EXPECT_THROW(run_table(o), FileError) << loss;
  }
}

TEST_F(TableCase, PredictWritesAllThatTheLossPredicts) {
  Random random(5);
  std::string text = "x,y\n";
  for (int i = 0; i < 200; ++i) {
    const double x = random.uniform();
    text += print_option(x) + "," + print_option(1e6 * (x + (0.1 + x) * random.normal())) + "\n";
  }
  TableRunOptions o = options(text, "y");
  o.loss = "gaussian_nll";
  o.optimizer = "adam:lr=0.05";
  run_table(o);
  const auto made = predict(o, "x,y\n0,5\n1,7\n", true);
  ASSERT_EQ(made.columns.size(), 4U);
  EXPECT_EQ(made.columns[0].name, "prediction");
  EXPECT_EQ(made.columns[1].name, "variance");
  EXPECT_EQ(made.columns[3].name, "residual");
  const auto variance = std::get<std::vector<double>>(made.columns[1].values);
  EXPECT_GT(variance[1], 4 * variance[0]);
  EXPECT_GT(variance[0], 1e8);
  EXPECT_EQ(std::get<std::vector<double>>(made.columns[3].values)[1],
            7 - std::get<std::vector<double>>(made.columns[0].values)[1]);

  TableRunOptions several = options(text, "y");
  several.loss = "quantile:quantile=0.1;0.5;0.9";
  several.optimizer = "adam:lr=0.05";
  run_table(several);
  const auto q = predict(several, "x\n0.5\n");
  ASSERT_EQ(q.columns.size(), 4U);
  EXPECT_EQ(q.columns[1].name, "quantile_0.1");
  const auto number = [&](std::size_t column) {
    return std::get<std::vector<double>>(q.columns[column].values)[0];
  };
  EXPECT_LT(number(1), number(2));
  EXPECT_LT(number(2), number(3));
  EXPECT_EQ(number(0), number(2));

  // Beside the median, and around it: the nearest, and the middle of two.
  for (const auto& [levels, expected] :
       {std::pair("0.5;0.9", 1.0), std::pair("0.25;0.75", 1.5), std::pair("0.9;0.4", 2.0)}) {
    several.loss = std::string("quantile:quantile=") + levels;
    several.epochs = 2;
    several.overwrite = true;
    run_table(several);
    const auto around = predict(several, "x\n0.5\n");
    const auto at = [&](std::size_t column) {
      return std::get<std::vector<double>>(around.columns[column].values)[0];
    };
    const double wanted = expected == 1.5 ? 0.5 * (at(1) + at(2)) : expected == 1 ? at(1) : at(2);
    EXPECT_DOUBLE_EQ(at(0), wanted) << levels;
  }
}

TEST_F(TableCase, MixedColumnsTrainAndPredictFromRawRows) {
  Random random(9);
  std::string text = "id,when,colour,price,member,y\n";
  for (int i = 0; i < 120; ++i) {
    const bool red = i % 3 == 0;
    const std::string price = i % 11 == 0 ? "" : "\"1.2" + std::to_string(10 + i % 80) + ",50\"";
    text += std::to_string(i + 1) + "," + std::to_string(1 + i % 28) + ".0" +
            std::to_string(1 + i % 9) + ".2024," + (red ? "red" : "blue") + "," + price + "," +
            (i % 2 ? "yes" : "no") + "," + print_option((red ? 5 : 1) + 0.1 * random.normal()) +
            "\n";
  }
  const TableRunOptions o = options(text, "y");
  const TableRunResult result = run_table(o);
  const auto& columns = result.card.inputs.columns;
  EXPECT_EQ(columns[0].kind, ColumnKind::left_out);
  EXPECT_EQ(columns[1].kind, ColumnKind::date);
  EXPECT_EQ(columns[2].kind, ColumnKind::category);
  EXPECT_EQ(columns[3].kind, ColumnKind::number);
  EXPECT_EQ(columns[4].kind, ColumnKind::boolean);
  const auto made = predict(o,
                            "member,when,colour,price,more\nyes,3.04.2024,red,\"1.250,00\",z\n"
                            "no,4.04.2024,green,,z\n");
  EXPECT_NEAR(made.predictions.values[0], 5, 0.5);
  ASSERT_EQ(made.notes.size(), 2U);
  EXPECT_NE(made.notes[0].find("colour"), std::string::npos) << made.notes[0];
  EXPECT_NE(made.notes[1].find("price"), std::string::npos) << made.notes[1];
}

}  // namespace
}  // namespace downhill
