#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "downhill/train/files.h"
#include "downhill/train/table_run.h"
#include "tests/io/file_support.h"

// Fits that others published, through the whole of a table run, to 4 digits.

namespace downhill {
namespace {

using testing_files::Directory;
using testing_files::put;

// Brownlee, Statistical Theory and Methodology (1965): a plant that oxidises ammonia.
constexpr const char* kStack =
    "air,water,acid,loss\n"
    "80,27,89,42\n"
    "80,27,88,37\n"
    "75,25,90,37\n"
    "62,24,87,28\n"
    "62,22,87,18\n"
    "62,23,87,18\n"
    "62,24,93,19\n"
    "62,24,93,20\n"
    "58,23,87,15\n"
    "58,18,80,14\n"
    "58,18,89,14\n"
    "58,17,88,13\n"
    "58,18,82,11\n"
    "58,19,93,12\n"
    "50,18,89,8\n"
    "50,18,86,7\n"
    "50,19,72,8\n"
    "50,19,79,8\n"
    "50,20,80,9\n"
    "56,20,82,15\n"
    "70,20,91,15\n";

// Longley, J. Am. Stat. Assoc. 62 (1967); NIST's Statistical Reference Datasets certify the fit.
constexpr const char* kLongley =
    "y,x1,x2,x3,x4,x5,x6\n"
    "60323,83.0,234289,2356,1590,107608,1947\n"
    "61122,88.5,259426,2325,1456,108632,1948\n"
    "60171,88.2,258054,3682,1616,109773,1949\n"
    "61187,89.5,284599,3351,1650,110929,1950\n"
    "63221,96.2,328975,2099,3099,112075,1951\n"
    "63639,98.1,346999,1932,3594,113270,1952\n"
    "64989,99.0,365385,1870,3547,115094,1953\n"
    "63761,100.0,363112,3578,3350,116219,1954\n"
    "66019,101.2,397469,2904,3048,117388,1955\n"
    "67857,104.6,419180,2822,2857,118734,1956\n"
    "68169,108.4,442769,2936,2798,120445,1957\n"
    "66513,110.8,444546,4681,2637,121950,1958\n"
    "68655,112.6,482704,3813,2552,123366,1959\n"
    "69564,114.2,502601,3931,2514,125368,1960\n"
    "69331,115.7,518173,4806,2572,127852,1961\n"
    "70551,116.9,554894,4007,2827,130081,1962\n";

// Spector and Mazzeo (1980), as in Greene, Econometric Analysis.
constexpr const char* kSpector =
    "GPA,TUCE,PSI,GRADE\n"
    "2.66,20,0,no\n"
    "2.89,22,0,no\n"
    "3.28,24,0,no\n"
    "2.92,12,0,no\n"
    "4,21,0,yes\n"
    "2.86,17,0,no\n"
    "2.76,17,0,no\n"
    "2.87,21,0,no\n"
    "3.03,25,0,no\n"
    "3.92,29,0,yes\n"
    "2.63,20,0,no\n"
    "3.32,23,0,no\n"
    "3.57,23,0,no\n"
    "3.26,25,0,yes\n"
    "3.53,26,0,no\n"
    "2.74,19,0,no\n"
    "2.75,25,0,no\n"
    "2.83,19,0,no\n"
    "3.12,23,1,no\n"
    "3.16,25,1,yes\n"
    "2.06,22,1,no\n"
    "3.62,28,1,yes\n"
    "2.89,14,1,no\n"
    "3.51,26,1,no\n"
    "3.54,24,1,yes\n"
    "2.83,27,1,yes\n"
    "3.39,17,1,yes\n"
    "2.67,24,1,no\n"
    "3.65,21,1,yes\n"
    "4,23,1,yes\n"
    "3.1,21,1,no\n"
    "2.39,19,1,yes\n";

// 100 x with one outlier; the minimum of Huber's loss with delta = 3 by a solver of its own.
constexpr const char* kOutlier =
    "x,y\n"
    "0.0,-0.256\n"
    "0.5,50.511\n"
    "1.0,99.774\n"
    "1.5,3149.685\n"
    "2.0,199.070\n"
    "2.5,249.787\n"
    "3.0,301.112\n"
    "3.5,350.424\n"
    "4.0,401.037\n"
    "4.5,450.249\n"
    "5.0,500.395\n"
    "5.5,550.185\n"
    "6.0,598.334\n"
    "6.5,650.855\n"
    "7.0,700.506\n"
    "7.5,750.499\n"
    "8.0,798.309\n"
    "8.5,848.256\n"
    "9.0,899.110\n"
    "9.5,949.532\n";

/// A linear model as it was fitted: predictions at 0 and at each unit vector give its coefficients,
/// after `link` is undone.
class Fit {
 public:
  Fit(const char* table, const char* target, const char* loss, const char* optimizer = "lbfgs",
      std::int64_t epochs = 300, const char* schedule = "") {
    put(place_ / "t.csv", table);
    TableRunOptions o{.data = place_ / "t.csv", .target = target};
    o.loss = loss;
    o.model = "linear";
    o.optimizer = optimizer;
    o.schedule = schedule;
    o.epochs = epochs;
    o.batch = 0;
    o.validation = o.test = 0;
    o.out = place_ / "run";
    run_table(o);
    model_.emplace(TableModel::read(o.out / kModelFile));
  }
  /// The prediction, or the probability of the second class, of rows in the table's own units.
  std::vector<double> at(const std::string& rows) {
    put(place_ / "x.csv", rows);
    const Predictions p = predict_table(*model_, place_ / "x.csv").predictions;
    if (!p.values.empty()) return p.values;
    std::vector<double> second;
    for (std::size_t i = 1; i < p.probabilities.size(); i += 2)
      second.push_back(p.probabilities[i]);
    return second;
  }

 private:
  Directory place_;
  std::optional<TableModel> model_;
};

void expect_digits(double ours, double published) {
  EXPECT_NEAR(ours, published, 5e-5 * std::abs(published));
}

TEST(PublishedFits, LeastSquares) {
  Fit fit(kStack, "loss", "mse");
  const auto p = fit.at("air,water,acid\n0,0,0\n1,0,0\n0,1,0\n0,0,1\n");
  expect_digits(p[0], -39.91967);
  expect_digits(p[1] - p[0], 0.7156402);
  expect_digits(p[2] - p[0], 1.295286);
  EXPECT_NEAR(p[3] - p[0], -0.1521225, 2e-5);
}

// Koenker's package quantreg, ?rq: rq(stack.loss ~ stack.x).
TEST(PublishedFits, MedianRegression) {
  Fit fit(kStack, "loss", "quantile:quantile=0.5", "adam:lr=0.05", 20000, "cosine");
  const auto p = fit.at("air,water,acid\n0,0,0\n1,0,0\n0,1,0\n0,0,1\n");
  expect_digits(p[0], -39.68986);
  expect_digits(p[1] - p[0], 0.83188);
  expect_digits(p[2] - p[0], 0.57391);
  EXPECT_NEAR(p[3] - p[0], -0.06087, 1e-5);
}

// The standardised columns have the condition number 110.
TEST(PublishedFits, LeastSquaresOfCollinearColumns) {
  Fit fit(kLongley, "y", "mse", "lbfgs", 2000);
  const auto p = fit.at(
      "x1,x2,x3,x4,x5,x6\n100,300000,3000,2500,115000,1955\n110,300000,3000,2500,115000,1955\n"
      "100,400000,3000,2500,115000,1955\n100,300000,4000,2500,115000,1955\n"
      "100,300000,3000,3500,115000,1955\n100,300000,3000,2500,125000,1955\n"
      "100,300000,3000,2500,115000,1956\n");
  expect_digits((p[1] - p[0]) / 10, 15.0618722713733);
  expect_digits((p[2] - p[0]) / 100000, -0.0358191792925910);
  expect_digits((p[3] - p[0]) / 1000, -2.02022980381683);
  expect_digits((p[4] - p[0]) / 1000, -1.03322686717359);
  expect_digits((p[5] - p[0]) / 10000, -0.0511041056535807);
  expect_digits(p[6] - p[0], 1829.15146461355);
}

TEST(PublishedFits, HuberInUnitsOfTheTarget) {
  Fit fit(kOutlier, "y", "huber:delta=3");
  const auto p = fit.at("x\n0\n1\n");
  expect_digits(p[0], 0.8652818);
  expect_digits(p[1] - p[0], 99.83151);
}

// Dobson, An Introduction to Generalized Linear Models (1990), p. 93: rates 21, 13 1/3, 15 2/3.
TEST(PublishedFits, PoissonRegressionNamedAndAsText) {
  constexpr const char* kDobson =
      "o2,o3,t2,t3,y\n0,0,0,0,18\n1,0,0,0,17\n0,1,0,0,15\n0,0,1,0,20\n1,0,1,0,10\n0,1,1,0,20\n"
      "0,0,0,1,25\n1,0,0,1,13\n0,1,0,1,12\n";
  const std::string rows = "o2,o3,t2,t3\n0,0,0,0\n1,0,0,0\n0,1,0,0\n0,0,1,0\n";
  Fit named(kDobson, "y", "poisson_nll"), text(kDobson, "y", "exp(p)-y*p");
  const auto rate = named.at(rows), of_text = text.at(rows);
  for (const auto& [row, expected] :
       {std::pair(0, 21.0), std::pair(1, 40.0 / 3), std::pair(2, 47.0 / 3), std::pair(3, 21.0)}) {
    expect_digits(rate[static_cast<std::size_t>(row)], expected);
    expect_digits(of_text[static_cast<std::size_t>(row)], expected);
  }
}

TEST(PublishedFits, LogitNamedAndAsText) {
  const std::string rows = "GPA,TUCE,PSI\n3,20,0\n4,20,0\n3,21,0\n3,20,1\n";
  for (const char* loss :
       {"bce_with_logits", "cross_entropy", "bce", "-(y*log(p)+(1-y)*log(1-p))"}) {
    SCOPED_TRACE(loss);
    Fit fit(kSpector, "GRADE", loss);
    std::vector<double> z;
    for (const double p : fit.at(rows)) z.push_back(std::log(p / (1 - p)));
    EXPECT_NEAR(z[1] - z[0], 2.8261, 2e-4);
    EXPECT_NEAR(z[2] - z[0], 0.0952, 1e-4);
    EXPECT_NEAR(z[3] - z[0], 2.3787, 2e-4);
    EXPECT_NEAR(z[0] - 3 * (z[1] - z[0]) - 20 * (z[2] - z[0]), -13.0213, 2e-3);
  }
}

}  // namespace
}  // namespace downhill
