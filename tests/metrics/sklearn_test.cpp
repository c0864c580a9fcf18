// The metrics against scikit-learn's figures (sklearn_figures.py), to 1e-12.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "downhill/metrics/evaluation.h"

namespace downhill {
namespace {

using Json = nlohmann::json;
using Numbers = std::vector<double>;
constexpr double kTolerance = 1e-12;

Json figures() {
  std::ifstream in(std::string(DOWNHILL_SOURCE_DIR) + "/tests/metrics/sklearn_figures.json");
  return Json::parse(in);
}

void expect_metrics(const Figures& ours, const Json& theirs) {
  EXPECT_EQ(ours.metrics.size(), theirs.size());
  for (const auto& [name, value] : ours.metrics) {
    ASSERT_TRUE(theirs.contains(name)) << name;
    const double expected = theirs[name];
    EXPECT_NEAR(value, expected, kTolerance * std::max(1.0, std::abs(expected))) << name;
  }
  for (const Undefined& one : ours.undefined) EXPECT_FALSE(theirs.contains(one.name)) << one.name;
}

struct ClassCase {
  explicit ClassCase(const Json& json)
      : probabilities(json["probabilities"].get<Numbers>()),
        labels(json["labels"].get<std::vector<std::int64_t>>()),
        weights(json["weights"].get<Numbers>()),
        rows{json["classes"], probabilities, labels, weights, {}} {
    if (!json["threshold"].is_null()) rows.threshold = json["threshold"].get<double>();
  }
  Numbers probabilities;
  std::vector<std::int64_t> labels;
  Numbers weights;
  ClassRows rows;
};

void expect_share(const std::optional<double>& ours, const Json& theirs) {
  ASSERT_EQ(ours.has_value(), !theirs.is_null());
  EXPECT_NEAR(ours.value_or(0), theirs.is_null() ? 0 : theirs.get<double>(), kTolerance);
}

TEST(Sklearn, ClassMetrics) {
  const Json all = figures();
  ASSERT_GE(all["classes"].size(), 11U);
  for (const Json& one : all["classes"]) {
    SCOPED_TRACE(one["name"].get<std::string>());
    expect_metrics(class_metrics(ClassCase(one).rows), one["metrics"]);
  }
}

TEST(Sklearn, ConfusionRecallPrecision) {
  const Json all = figures();
  ASSERT_GE(all["classes"].size(), 11U);
  for (const Json& one : all["classes"]) {
    SCOPED_TRACE(one["name"].get<std::string>());
    const Confusion ours = confusion_matrix(ClassCase(one).rows);
    const auto counts = one["confusion"].get<Numbers>();
    ASSERT_EQ(ours.counts.size(), counts.size());
    for (std::size_t i = 0; i < counts.size(); ++i)
      EXPECT_NEAR(ours.counts[i], counts[i], kTolerance * std::max(1.0, counts[i]));
    for (std::int64_t k = 0; k < ours.classes; ++k) {
      expect_share(ours.recall(k), one["recall"][static_cast<std::size_t>(k)]);
      expect_share(ours.precision(k), one["precision"][static_cast<std::size_t>(k)]);
    }
  }
}

TEST(Sklearn, Calibration) {
  int compared = 0;
  const Json all = figures();
  ASSERT_GE(all["classes"].size(), 11U);
  for (const Json& one : all["classes"]) {
    if (!one.contains("observed")) continue;
    SCOPED_TRACE(one["name"].get<std::string>());
    const std::vector<CalibrationBin> bins = calibration(ClassCase(one).rows);
    ASSERT_EQ(bins.size(), one["observed"].size());
    for (std::size_t b = 0; b < bins.size(); ++b) {
      EXPECT_NEAR(bins[b].observed, one["observed"][b].get<double>(), kTolerance);
      EXPECT_NEAR(bins[b].predicted, one["predicted"][b].get<double>(), kTolerance);
    }
    ++compared;
  }
  EXPECT_GE(compared, 3);
}

TEST(Sklearn, NumberMetrics) {
  const Json all = figures();
  ASSERT_GE(all["numbers"].size(), 6U);
  for (const Json& one : all["numbers"]) {
    SCOPED_TRACE(one["name"].get<std::string>());
    const auto predictions = one["predictions"].get<Numbers>(),
               targets = one["targets"].get<Numbers>(), weights = one["weights"].get<Numbers>();
    expect_metrics(number_metrics({predictions, targets, weights}), one["metrics"]);
  }
}

}  // namespace
}  // namespace downhill
