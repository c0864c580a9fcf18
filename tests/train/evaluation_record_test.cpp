#include "downhill/train/detail/evaluation_record.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "downhill/losses/list.h"
#include "downhill/nn/sequential.h"
#include "downhill/optim/list.h"
#include "downhill/runlog/reader.h"
#include "downhill/train/files.h"
#include "downhill/train/fit.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

TEST(EvaluationRecord, HoldsWhatWasEvaluated) {
  const std::vector<double> p = {0.9, 0.1, 0.2, 0.8, 0.6, 0.4, 0.3, 0.7}, half = {0.5, 0.5};
  const std::vector<std::int64_t> labels = {0, 1, 0, 0};
  const Evaluation evaluation =
      evaluate_classes({.classes = 2, .probabilities = p, .labels = labels}, half);
  const EvaluationRecord record = detail::record_of(evaluation, Split::validation, {"no", "yes"});
  EXPECT_EQ(record.split, "validation");
  EXPECT_EQ(record.rows, 4);
  EXPECT_EQ(record.metrics, evaluation.metrics);
  EXPECT_EQ(record.intervals.size(), 8U);
  EXPECT_EQ(record.confusion, (std::vector<std::vector<double>>{{2, 1}, {0, 1}}));
  EXPECT_EQ(record.classes.at(0).name, "no");
  EXPECT_EQ(record.classes.at(0).weight, 3);
  EXPECT_EQ(record.classes.at(1).precision, 0.5);
  EXPECT_EQ(record.missed, 0.0);
  EXPECT_EQ(record.calibration.size(), 4U);
  expect_usage([&] { detail::record_of(evaluation, Split::test, {"no"}); }, "names");
}

TEST(EvaluationRecord, ASampleHasAtMost2000Rows) {
  for (const std::size_t rows : {0U, 5U, 2000U, 2001U, 12345U}) {
    std::vector<double> y(rows), p(rows);
    for (std::size_t i = 0; i < rows; ++i) y[i] = static_cast<double>(i), p[i] = -y[i];
    EvaluationRecord record;
    detail::add_sample(record, y, p);
    EXPECT_LE(record.targets.size(), 2000U);
    EXPECT_GE(record.targets.size(), std::min<std::size_t>(rows, 1000));
    for (std::size_t i = 0; i < record.targets.size(); ++i)
      EXPECT_EQ(record.predictions[i], -record.targets[i]);
  }
}

// The log of a run holds columns and evaluations, and a resumed one holds them once.
TEST(EvaluationRecord, StandsInTheLogOfARunOnce) {
  const auto out = std::filesystem::path(testing::TempDir()) / "evaluated_run";
  std::filesystem::remove_all(out);
  Random random(1);
  nn::Sequential model{nn::Linear(3, 1, random)};
  const Dataset train(points({20, 3}, 1, -1, 1, Type::f32), points({20, 1}, 2, -1, 1, Type::f32));
  int called = 0;
  const auto run = [&](bool resume) {
    Optimizer optimizer(Method::parse("adam"), model.parameters());
    FitOptions options{.epochs = 3, .out = out, .resume = resume};
    options.columns = ColumnsRecord{{{"a", "numbers", "input", "0 to 1", 0, ""}}};
    options.evaluations = [&] {
      ++called;
      return std::vector<EvaluationRecord>{{.split = "train", .rows = 20}, {.split = "test"}};
    };
    return fit(model, optimizer, MSE{}, train, nullptr, options);
  };
  EXPECT_EQ(run(false).log.evaluations.size(), 2U);
  for (const bool resume : {false, true}) {
    if (resume) run(true);
    const RunLog log = read_run_log(out / kLogFile);
    EXPECT_EQ(log.evaluations.size(), 2U);
    ASSERT_TRUE(log.columns.has_value());
    EXPECT_EQ(log.columns->columns.size(), 1U);
    EXPECT_TRUE(log.end.has_value());
  }
  EXPECT_EQ(called, 2);
  // Without its log it goes on with a new one, and says so.
  std::filesystem::resize_file(out / kLogFile, 40);
  const FitResult result = run(true);
  ASSERT_EQ(result.notes.size(), 1U);
  EXPECT_NE(result.notes[0].find("run.jsonl.old"), std::string::npos) << result.notes[0];
  EXPECT_EQ(read_run_log(out / kLogFile).start.after_step, 3);
  EXPECT_TRUE(std::filesystem::exists(out / "run.jsonl.old"));
}

}  // namespace
}  // namespace downhill
