// Losses of ordered classes and of quantiles, through train and predict.
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "downhill/core/random.h"
#include "tests/cli/program_support.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_cli::expect_refused;
using testing_cli::json_of;
using testing_cli::run;
using testing_files::Directory;
using testing_files::get;
using testing_files::put;

/// A grade from 1 to 4 that rises with x; z says nothing. Not equally frequent.
std::string graded(std::size_t rows) {
  Random random(5);
  std::string text = "x,z,grade\n";
  for (std::size_t i = 0; i < rows; ++i) {
    const double x = random.normal(), noise = random.uniform();
    const double score = 3 * x + std::log(noise / (1 - noise));
    const int grade = score < -3 ? 1 : score < 0 ? 2 : score < 2 ? 3 : 4;
    text += std::to_string(x) + "," + std::to_string(random.normal()) + "," +
            std::to_string(grade) + "\n";
  }
  return text;
}

std::vector<std::vector<double>> numbers_of(const std::string& csv) {
  std::vector<std::vector<double>> rows;
  std::istringstream in(csv);
  std::string line;
  for (std::getline(in, line); std::getline(in, line);) {
    auto& row = rows.emplace_back();
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) row.push_back(std::stod(cell));
  }
  return rows;
}

TEST(OrderedClasses, TrainAndPredictWholeProbabilities) {
  const Directory place;
  put(place / "grades.csv", graded(1200));
  const std::string data = (place / "grades.csv").string();
  for (const std::string loss : {"ordinal_logit", "corn"}) {
    SCOPED_TRACE(loss);
    const std::string out = (place / loss).string();
    const auto trained =
        run({"train", data, "--target", "grade", "--task", "classes", "--loss", loss, "--model",
             "linear", "--epochs", "40", "--optimizer", "adam:lr=0.03", "--out", out, "--json"});
    ASSERT_EQ(trained.code, 0) << trained.err;
    const auto json = json_of(trained);
    const double accuracy = json["test"]["metrics"]["accuracy"], nats = json["test"]["loss"];
    EXPECT_NEAR(json["test"]["metrics"]["log_loss"].get<double>(), nats, 1e-9);
    EXPECT_GT(accuracy, 0.6);
    EXPECT_LT(nats, 1.0) << "log 4 is 1.39";
    const std::string csv = (place / (loss + ".csv")).string();
    const auto predicted = run({"predict", out + "/model.safetensors", data, "--out", csv});
    ASSERT_EQ(predicted.code, 0) << predicted.err;
    const std::string table = get(csv);
    EXPECT_TRUE(table.starts_with("prediction,p_1,p_2,p_3,p_4")) << table.substr(0, 60);
    const auto given = numbers_of(get(data));
    double total = 0;
    std::size_t i = 0;
    for (const auto& row : numbers_of(table)) {
      ASSERT_EQ(row.size(), 5u);
      EXPECT_NEAR(row[1] + row[2] + row[3] + row[4], 1, 1e-6);
      total -= std::log(row[static_cast<std::size_t>(given[i][2])]);
      for (std::size_t k = 1; k <= 4; ++k)
        EXPECT_LE(row[k], row[static_cast<std::size_t>(row[0])] + 1e-12);
      ++i;
    }
    EXPECT_EQ(i, 1200u);
    // What predict shows is what was trained: the mean of -log p of the right class.
    EXPECT_NEAR(total / 1200, nats, 0.15);
  }
}

TEST(OrderedClasses, QuantilesTrainWhole) {
  const Directory place;
  std::string text = "x,y\n";
  Random random(6);
  for (int i = 0; i < 600; ++i) {
    const double x = random.normal();
    text += std::to_string(x) + "," + std::to_string(100 + 10 * x + 5 * random.normal()) + "\n";
  }
  put(place / "numbers.csv", text);
  const std::string data = (place / "numbers.csv").string(), out = (place / "run").string(),
                    csv = (place / "out.csv").string();
  const auto trained =
      run({"train", data, "--target", "y", "--loss", "crps_quantiles:quantiles=0.1;0.5;0.9",
           "--model", "linear", "--epochs", "60", "--out", out, "--quiet"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  ASSERT_EQ(run({"predict", out + "/model.safetensors", data, "--out", csv}).code, 0);
  const auto given = numbers_of(text);
  std::size_t below_low = 0, below_high = 0, i = 0;
  EXPECT_TRUE(get(csv).starts_with("prediction,quantile_0.1,quantile_0.5,quantile_0.9"));
  for (const auto& row : numbers_of(get(csv))) {
    EXPECT_EQ(row[0], row[2]);
    below_low += given[i][1] < row[1];
    below_high += given[i++][1] < row[3];
  }
  EXPECT_NEAR(static_cast<double>(below_low) / 600, 0.1, 0.05);
  EXPECT_NEAR(static_cast<double>(below_high) / 600, 0.9, 0.05);
}

TEST(OrderedClasses, WhatNoTableTrainsIsRefused) {
  const Directory place;
  put(place / "grades.csv", graded(60));
  const std::string data = (place / "grades.csv").string(), out = (place / "run").string();
  expect_refused({
      {{"train", data, "--target", "grade", "--loss", "arcface", "--out", out},
       2,
       "takes the cosines of an nn::CosineClassifier"},
      {{"train", data, "--target", "grade", "--loss", "vicreg", "--out", out}, 2, "vicreg"},
      {{"train", data, "--target", "grade", "--loss", "circle", "--out", out}, 2, "circle"},
  });
}

}  // namespace
}  // namespace downhill
