#include "downhill/report/detail/charts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
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
            (std::vector<std::string>{"Loss", "accuracy", "Learning rate", "Gradient norm"}));
  const Series& steps = charts.charts.at(0).series.at(0);
  EXPECT_TRUE(steps.faint);
  EXPECT_DOUBLE_EQ(steps.x.at(0), 0.05);
  EXPECT_DOUBLE_EQ(steps.x.at(199), 10.0);
  EXPECT_EQ(charts_of(sample::long_run(10)).unit, "step");
}

TEST(Charts, TextForScriptsHasNoMarkup) {
  EXPECT_EQ(report_detail::script_text("</script>&"), "\"\\u003c/script\\u003e\\u0026\"");
  EXPECT_EQ(report_detail::html_text("<a b='\"&\n>"), "&lt;a b=&#39;&quot;&amp; &gt;");
  EXPECT_EQ(report_detail::html_text("ééé", 3), "é…");
}

}  // namespace
}  // namespace downhill
