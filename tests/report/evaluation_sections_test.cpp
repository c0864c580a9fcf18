#include <gtest/gtest.h>

#include <cmath>

#include "downhill/report/detail/scatter.h"
#include "downhill/report/html.h"
#include "tests/report/sample_runs.h"

namespace downhill {
namespace {

bool has(const std::string& page, const std::string& part) {
  return page.find(part) != std::string::npos;
}

EvaluationRecord two_classes(const char* split) {
  EvaluationRecord record{.split = split, .rows = 6};
  record.metrics = {{"accuracy", 0.5}, {"brier", 0.125}};
  record.intervals = {{"accuracy", 0.25, 0.75}};
  record.baseline = {{"accuracy", 0.625}, {"brier", 0.25}};
  record.undefined = {{"auc", "the rows are of one class"}};
  record.threshold = 0.25;
  record.missed = 0.125;
  record.classes = {{"no", 4, 0.5, 1.0}, {"<yes>", 2, 1.0, 0.5}};
  record.confusion = {{2, 2}, {0, 2}};
  record.calibration = {{0.4, 0.5, 4, 0.45, 0.5}, {0.9, 1, 2, 0.95, 1}};
  return record;
}

TEST(EvaluationSections, ShowThePartThatCountsMost) {
  RunLog log = sample::classifier_run(3);
  EXPECT_FALSE(has(html_report(log, sample::some_verdict()), "id=\"evaluation\""));
  log.evaluations = {two_classes("train"), two_classes("test")};
  log.evaluations[1].rows = 42;
  const std::string page = html_report(log, sample::some_verdict());
  for (const char* part :
       {"id=\"evaluation\"", "0.25 to 0.75",
        "accuracy is not better than that of the best constant",
        "auc is not defined: the rows are of one class", "Confusion matrix (test, 42 rows)",
        "12.5 % of that class are missed", "Calibration (test, 42 rows)", "&lt;yes&gt;"})
    EXPECT_TRUE(has(page, part)) << part;
  EXPECT_FALSE(has(page, "<yes>"));
  EXPECT_FALSE(has(page, "brier is not better"));
  EXPECT_FALSE(has(page, "id=\"predictions\""));
}

TEST(EvaluationSections, NumbersAreDrawnAgainstTheTruth) {
  RunLog log = sample::classifier_run(3);
  EvaluationRecord record{.split = "validation", .rows = 3};
  record.targets = {1, 2, 3};
  record.predictions = {1.5, std::nan(""), 2.5};
  log.evaluations = {record};
  const std::string page = html_report(log, sample::some_verdict());
  EXPECT_TRUE(has(page, "Predicted against true (validation, 3 rows)"));
  EXPECT_TRUE(has(page, "true - predicted"));
  EXPECT_FALSE(has(page, "nan\"")) << "a place that is not finite was drawn";
}

TEST(EvaluationSections, ManyClassesAreATableAndThePageStaysSmall) {
  RunLog log = sample::classifier_run(3);
  EvaluationRecord record{.split = "test"};
  for (int k = 0; k < 100; ++k) {
    record.classes.push_back({"class " + std::to_string(k), 1, 1 - 0.01 * k, {}});
    record.confusion.emplace_back(100, 1.0);
  }
  record.targets.assign(2000, 1.25);
  record.predictions.assign(2000, 1e300);
  log.evaluations = {record};
  log.columns = ColumnsRecord{};
  for (int k = 0; k < 5000; ++k)
    log.columns->columns.push_back(
        {"column <" + std::to_string(k), "numbers", "input", "0 to 1", 2, "median"});
  const std::string page = html_report(log, sample::some_verdict());
  EXPECT_LT(page.size(), 300000U);
  EXPECT_TRUE(has(page, "Classes, the lowest recall first"));
  EXPECT_LT(page.find("class 99<"), page.find("class 98<"));
  EXPECT_TRUE(has(page, "column &lt;0"));
  EXPECT_TRUE(has(page, " more</td>"));
}

TEST(EvaluationSections, TicksAreRound) {
  using report_detail::round_ticks;
  EXPECT_EQ(round_ticks(0, 10, 5), (std::vector<double>{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ(round_ticks(-1.1, 1.1, 5), (std::vector<double>{-1, -0.5, 0, 0.5, 1}));
  EXPECT_FALSE(std::signbit(round_ticks(-1e-12, 1, 5)[0]));
  EXPECT_EQ(round_ticks(3, 3, 5).size(), 1U);
  EXPECT_EQ(round_ticks(-1e308, 1e308, 5).size(), 1U);  // their difference is not finite
}

}  // namespace
}  // namespace downhill
