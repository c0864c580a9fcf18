#include "downhill/report/detail/charts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "downhill/report/detail/escape.h"
#include "tests/report/sample_runs.h"

namespace downhill {
namespace {

using report_detail::Chart;
using report_detail::charts_of;
using report_detail::decimated;
using report_detail::Series;

TEST(Charts, ThinningKeepsExtremesAndGaps) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Series series;
  for (int i = 0; i < 1000; ++i) {
    series.x.push_back(i);
    series.y.push_back(std::sin(i));
  }
  series.y[333] = 50;
  series.y[334] = -50;
  series.y[700] = nan;
  const Series thin = decimated(series, 10);
  EXPECT_LE(thin.x.size(), 30U);
  EXPECT_TRUE(std::is_sorted(thin.x.begin(), thin.x.end()));
  EXPECT_NE(std::find(thin.y.begin(), thin.y.end(), 50), thin.y.end());
  EXPECT_NE(std::find(thin.y.begin(), thin.y.end(), -50), thin.y.end());
  EXPECT_EQ(std::count_if(thin.y.begin(), thin.y.end(), [](double y) { return std::isnan(y); }), 1);
  EXPECT_EQ(decimated(series, 500).x.size(), 1000U);
}

TEST(Charts, StepsStandBetweenTheirEpochs) {
  const auto charts = charts_of(sample::classifier_run(10));
  EXPECT_EQ(charts.unit, "epoch");
  EXPECT_EQ(charts.best, 7.0);
  std::vector<std::string> titles;
  for (const Chart& chart : charts.charts) titles.push_back(chart.title);
  EXPECT_EQ(titles,
            (std::vector<std::string>{"Loss", "Accuracy", "Learning rate", "Gradient norm"}));
  const Series& steps = charts.charts.at(0).series.at(0);
  EXPECT_TRUE(steps.faint);
  EXPECT_DOUBLE_EQ(steps.x.at(0), 0.05);
  EXPECT_DOUBLE_EQ(steps.x.at(199), 10.0);
  EXPECT_EQ(charts_of(sample::long_run(10)).unit, "step");
}

TEST(Charts, AnEpochMeasuredTwiceStandsOnce) {
  RunLog log = sample::classifier_run(4);
  // As a run that was resumed without its log being cut would write it.
  log.epochs.push_back({4, 80, Split::validation, 1e9, {}, {}, {{"accuracy", 0.0}}});
  log.epochs.push_back({4, 80, Split::train, 1e9, {}, {}, {}});
  for (const Chart& chart : charts_of(log).charts)
    for (const Series& series : chart.series) {
      if (series.faint) continue;
      EXPECT_EQ(std::adjacent_find(series.x.begin(), series.x.end(), std::greater_equal<>()),
                series.x.end())
          << chart.title << " " << series.name;
      EXPECT_LT(*std::max_element(series.y.begin(), series.y.end()), 100) << chart.title;
    }
}

TEST(Charts, ARunThatEndsInItsFirstEpochIsDrawnOverItsSteps) {
  RunLog log;
  log.steps = {{1, 1, Split::train, 0.98, 0.1, 1.0},
               {2, 1, Split::train, 830, 0.1, 2.0},
               {3, 1, Split::train, 9.1e15, 0.1, 3.0}};
  log.epochs = {{0, 0, Split::validation, 1.0, {}, {}, {}},
                {0, 3, Split::test, 9.2e15, {}, {}, {}}};
  log.end = {Ended::diverging, "", 3, 0, 0.1, {}, {}};
  const auto charts = charts_of(log);
  EXPECT_EQ(charts.unit, "step");
  EXPECT_FALSE(charts.best.has_value());
  const Chart& loss = charts.charts.at(0);
  ASSERT_EQ(loss.series.size(), 3U);
  EXPECT_EQ(loss.series[0].name, "train");
  EXPECT_EQ(loss.series[0].x, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(loss.series[0].y, (std::vector<double>{0.98, 830, 9.1e15}));
  EXPECT_EQ(loss.series[1].x, (std::vector<double>{0}));
  EXPECT_EQ(loss.series[2].x, (std::vector<double>{3}));
  // Epochs without step numbers, as another program may log them, stay on their axis.
  log.epochs = {{1, 0, Split::train, 2.0, {}, {}, {}}};
  EXPECT_EQ(charts_of(log).unit, "epoch");
}

TEST(Charts, TheDataForThePageHaveNoMarkup) {
  RunLog log = sample::classifier_run(2);
  for (auto& record : log.epochs) record.metrics = {{"</script>&", 0.5}};
  const std::string json = report_detail::charts_json(charts_of(log));
  EXPECT_EQ(json.find_first_of("<>&"), std::string::npos);
  EXPECT_NE(json.find("\\u003c/script\\u003e\\u0026"), std::string::npos);
  EXPECT_EQ(json.find(R"({"unit":"epoch","best":2,"charts":[{"title":"Loss","wide":true,)"), 0U)
      << json.substr(0, 100);
}

TEST(Charts, TextForThePageHasNoMarkup) {
  EXPECT_EQ(report_detail::html_text("<a b='\"&\n>"), "&lt;a b=&#39;&quot;&amp; &gt;");
  EXPECT_EQ(report_detail::html_text("ééé", 3), "é…");
}

TEST(Charts, FindingsAreShadedWhereTheyShow) {
  RunLog log;
  for (std::int64_t epoch = 1; epoch <= 10; ++epoch)
    log.epochs.push_back({.epoch = epoch, .step = 20 * epoch, .loss = 1});
  Verdict verdict;
  verdict.findings = {{.name = "overfitting", .from_step = 110, .to_step = 200},
                      {.name = "lr_too_small", .from_step = 0, .to_step = 200},
                      {.name = "spike", .from_step = 50, .to_step = 50}};
  auto spans = report_detail::spans_of(log, verdict);
  ASSERT_EQ(spans.size(), 2U) << "what shows everywhere is not shaded";
  EXPECT_EQ(spans[0].name, "overfitting");
  EXPECT_DOUBLE_EQ(spans[0].from, 5.5);
  EXPECT_DOUBLE_EQ(spans[0].to, 10);
  EXPECT_DOUBLE_EQ(spans[1].from, 2.5);
  for (EpochRecord& record : log.epochs) record.step = 0;  // a log of epochs alone counts these
  verdict.findings = {{.name = "overfitting", .from_step = 6, .to_step = 10}};
  spans = report_detail::spans_of(log, verdict);
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_DOUBLE_EQ(spans[0].from, 6);
  auto charts = charts_of(log);
  charts.spans = spans;
  EXPECT_NE(report_detail::charts_json(charts).find(
                R"("spans":[{"name":"overfitting","from":6,"to":10}])"),
            std::string::npos);
}

}  // namespace
}  // namespace downhill
