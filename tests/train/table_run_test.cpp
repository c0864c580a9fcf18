#include "downhill/train/table_run.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <filesystem>

#include "downhill/data/csv.h"
#include "downhill/data/csv_writer.h"
#include "downhill/data/split.h"
#include "downhill/io/input_file.h"
#include "downhill/io/safetensors.h"
#include "downhill/runlog/reader.h"
#include "downhill/train/curvature.h"
#include "tests/support/errors.h"

namespace downhill {
namespace {

namespace fs = std::filesystem;

const fs::path kData = fs::path(DOWNHILL_SOURCE_DIR) / "data";

fs::path fresh(const std::string& name) {
  const fs::path out = fs::path(testing::TempDir()) / name;
  fs::remove_all(out);
  return out;
}

TableRunOptions options(const char* data, const char* target, const fs::path& out) {
  TableRunOptions o{.data = kData / data, .target = target};
  o.model = "mlp:16";
  o.epochs = 8;
  o.seed = 3;
  o.out = out;
  return o;
}

double metric(const EvaluationRecord& record, const std::string& name) {
  for (const auto& [key, value] : record.metrics)
    if (key == name) return value;
  ADD_FAILURE() << "no metric " << name;
  return 0;
}

// The rows of the test part, in file order: what was not in the training or validation part.
std::vector<std::int64_t> test_rows(std::span<const std::int64_t> labels, std::int64_t classes) {
  const std::array<double, 3> shares = {1 - 0.2 - 0.2, 0.2, 0.2};
  const RowParts parts = classes > 0 ? split_stratified(labels, classes, shares, 3)
                                     : RowParts{split(std::ssize(labels), shares, 3), {}};
  const auto rows = parts.rows[2].values<std::int64_t>();
  return {rows.begin(), rows.end()};
}

TEST(TableRun, PredictsOnTheRawDigitsWhatItMeasured) {
  const fs::path out = fresh("table_digits");
  TableRunOptions o = options("digits.csv", "digit", out);
  o.epochs = 16;
  const TableRunResult result = run_table(o);
  EXPECT_EQ(result.fit.ended, Ended::steps_done);
  for (const char* file : {kLogFile, kCheckpointFile, kModelFile, kReportFile})
    EXPECT_TRUE(fs::exists(out / file)) << file;
  const EvaluationRecord* test = result.evaluation("test");
  ASSERT_NE(test, nullptr);
  EXPECT_GT(metric(*test, "accuracy"), 0.9);

  const TableModel model = TableModel::read(out / kModelFile);
  EXPECT_EQ(model.card.loss, "cross_entropy");
  EXPECT_EQ(model.card.classes.size(), 10U);
  const Predictions prediction = predict_table(model, kData / "digits.csv").predictions;
  const CsvTable table = read_csv(kData / "digits.csv");
  const std::int64_t columns = table.numbers.size(1);
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < table.rows; ++i)
    labels.push_back(static_cast<std::int64_t>(table.numbers.at(i * columns + columns - 1)));
  double hits = 0, loss = 0, rows = 0;
  for (const std::int64_t i : test_rows(labels, 10)) {
    const auto at = static_cast<std::size_t>(i);
    hits += prediction.classes[at] == labels[at] ? 1 : 0;
    double total = 0;
    for (std::size_t k = 0; k < 10; ++k) total += prediction.probabilities[10 * at + k];
    EXPECT_NEAR(total, 1, 1e-12);
    loss -= std::log(prediction.probabilities[10 * at + static_cast<std::size_t>(labels[at])]);
    ++rows;
  }
  EXPECT_EQ(rows, static_cast<double>(test->rows));
  EXPECT_DOUBLE_EQ(hits / rows, metric(*test, "accuracy"));
  EXPECT_NEAR(loss / rows, *test->loss,
              1e-7 * *test->loss);  // other batches: float32 products differ
  EXPECT_NEAR(*test->baseline_loss, std::log(10), 0.01);
  const RunLog log = read_run_log(out / kLogFile);
  EXPECT_EQ(log.epochs.back().split, Split::test);
  EXPECT_EQ(log.epochs.back().loss, *result.fit.test_loss);
  ASSERT_EQ(log.evaluations.size(), 3U);
  EXPECT_EQ(log.evaluations[2].metrics, test->metrics);
}

// The diabetes table as text cells, with its columns in another order.
std::vector<CsvColumn> turned_columns(const CsvTable& table) {
  std::vector<CsvColumn> columns = {
      {"stranger", std::vector<double>(static_cast<std::size_t>(table.rows), 1)}};
  for (std::size_t j = table.names.size(); j-- > 0;) {
    std::vector<double> values;
    for (std::int64_t i = 0; i < table.rows; ++i)
      values.push_back(table.numbers.at(i * table.numbers.size(1) + static_cast<std::int64_t>(j)));
    if (table.names[j] != "target") columns.push_back({table.names[j], values});
  }
  return columns;
}

TEST(TableRun, PredictsOnTheRawDiabetesWhatItMeasured) {
  const fs::path out = fresh("table_diabetes");
  const TableRunResult result = run_table(options("diabetes.csv", "target", out));
  const CsvTable table = read_csv(kData / "diabetes.csv");
  const TableModel model = TableModel::read(out / kModelFile);
  EXPECT_EQ(model.card.loss, "mse");
  const Predictions prediction = predict_table(model, kData / "diabetes.csv").predictions;
  const int target = find_column(table, "target");
  double squares = 0, mean = 0, deviations = 0, rows = 0;
  const std::vector<std::int64_t> any(static_cast<std::size_t>(table.rows));
  const auto test = test_rows(any, 0);
  const auto y = [&](std::int64_t i) {
    return table.numbers.at(i * table.numbers.size(1) + target);
  };
  for (const std::int64_t i : test) mean += y(i) / static_cast<double>(test.size());
  for (const std::int64_t i : test) {
    const double e = prediction.values[static_cast<std::size_t>(i)] - y(i);
    squares += e * e;
    deviations += (y(i) - mean) * (y(i) - mean);
    ++rows;
  }
  const EvaluationRecord& record = *result.evaluation("test");
  EXPECT_NEAR(std::sqrt(squares / rows), metric(record, "rmse"), 1e-9 * std::sqrt(squares / rows));
  EXPECT_NEAR(1 - squares / deviations, metric(record, "r2"), 1e-9);
  EXPECT_NEAR(squares / rows, *record.loss, 1e-9 * *record.loss);  // mse in the target's units

  // The order of the columns does not matter, and further ones are left out.
  std::vector<CsvColumn> columns = turned_columns(table);
  const fs::path turned = out / "turned.csv";
  write_csv(turned, columns);
  EXPECT_EQ(predict_table(model, turned).predictions.values, prediction.values);

  // Missing columns are named, all of them.
  const std::string first = columns.back().name, second = columns[1].name;
  columns.pop_back();
  columns.erase(columns.begin() + 1);
  write_csv(turned, columns);
  try {
    predict_table(model, turned);
    FAIL() << "predicted without its columns";
  } catch (const FileError& error) {
    EXPECT_NE(std::string(error.what()).find(first), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find(second), std::string::npos) << error.what();
  }
}

TEST(TableRun, AModelFileGoesRoundByteForByte) {
  const fs::path out = fresh("table_round");
  TableRunOptions o = options("diabetes.csv", "target", out);
  o.epochs = 2;
  run_table(o);
  const TableModel model = TableModel::read(out / kModelFile);
  model.write(out / "again.safetensors");
  const TableModel again = TableModel::read(out / "again.safetensors");
  EXPECT_EQ(read_file(out / kModelFile, FileError::Kind::model, 1 << 20),
            read_file(out / "again.safetensors", FileError::Kind::model, 1 << 20));
  EXPECT_EQ(again.card.inputs.feature_names(), model.card.inputs.feature_names());
  EXPECT_EQ(again.card.head.c, model.card.head.c);
  const SafeTensors file = read_safetensors(out / kModelFile);
  std::vector<std::string> names;
  for (const auto& [name, tensor] : file.tensors) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"0.bias", "0.weight", "2.bias", "2.weight"}));
}

TEST(TableRun, ResumesToTheModelOfTheUninterruptedRun) {
  const fs::path whole = fresh("table_whole"), out = fresh("table_stopped");
  TableRunOptions o = options("diabetes.csv", "target", whole);
  o.epochs = 4;
  run_table(o);
  std::stop_source stop;
  o.out = out;
  o.stop = stop.get_token();
  o.progress = [&](const Progress& p) {
    if (p.step == 13) stop.request_stop();
  };
  EXPECT_EQ(run_table(o).fit.ended, Ended::interrupted);
  EXPECT_FALSE(fs::exists(out / kModelFile));
  o.stop = {};
  o.progress = {};
  o.resume = true;
  EXPECT_EQ(run_table(o).fit.ended, Ended::steps_done);
  EXPECT_EQ(read_file(out / kModelFile, FileError::Kind::model, 1 << 20),
            read_file(whole / kModelFile, FileError::Kind::model, 1 << 20));
  EXPECT_EQ(read_file(out / kCheckpointFile, FileError::Kind::model, 1 << 22),
            read_file(whole / kCheckpointFile, FileError::Kind::model, 1 << 22));
}

TEST(TableRun, RefusesADirectoryThatHoldsARun) {
  const fs::path out = fresh("table_holds");
  TableRunOptions o = options("diabetes.csv", "target", out);
  o.epochs = 1;
  run_table(o);
  expect_usage([&] { run_table(o); }, "--resume", "--overwrite");
  o.resume = true;
  o.seed = 4;
  try {
    run_table(o);
    FAIL() << "resumed with another seed";
  } catch (const FileError& error) {
    EXPECT_EQ(error.kind(), FileError::Kind::model);
    EXPECT_NE(std::string(error.what()).find("seed = 4 now, 3 in the checkpoint"),
              std::string::npos)
        << error.what();
  }
  o.resume = false;
  o.overwrite = true;
  EXPECT_NO_THROW(run_table(o));
}

TEST(TableRun, MeasuresAgainWhereItStands) {
  const fs::path out = fresh("table_measure");
  TableRunOptions o = options("diabetes.csv", "target", out);
  o.model = "linear";
  o.epochs = 2;
  const TableRunResult result = run_table(o);
  const Curvature again = curvature_of_run(out).curvature;
  EXPECT_EQ(again.stands.stands, result.fit.stands.stands);
  EXPECT_NEAR(*again.stands.h1, *result.fit.stands.h1, 1e-4 * *result.fit.stands.h1);
  EXPECT_NEAR(*again.stands.loss, result.fit.train_loss, 1e-6);
}

TEST(TableRun, RefusesTheCommandBeforeAnyFileIsOpened) {
  const auto with = [](auto change) {
    TableRunOptions o{.data = "/nowhere/at/all.csv", .target = "y"};
    change(o);
    return usage_message([&] { run_table(o); });
  };
  EXPECT_NE(with([](TableRunOptions& o) { o.loss = "hubber"; }).find("'huber'"), std::string::npos);
  EXPECT_NE(with([](TableRunOptions& o) { o.optimizer = "adan"; }).find("'adam'"),
            std::string::npos);
  EXPECT_NE(with([](TableRunOptions& o) { o.optimizer = "adam:lr=-1"; }).find("lr"),
            std::string::npos);
  EXPECT_NE(with([](TableRunOptions& o) { o.schedule = "cosin"; }).find("'cosine'"),
            std::string::npos);
  EXPECT_NE(
      with([](TableRunOptions& o) { o.optimizer = "lbfgs", o.schedule = "cosine"; }).find("lbfgs"),
      std::string::npos);
  EXPECT_NE(with([](TableRunOptions& o) { o.model = "mlp:0"; }).find("mlp"), std::string::npos);
  EXPECT_NE(with([](TableRunOptions& o) { o.epochs = 0; }).find("epochs"), std::string::npos);
  EXPECT_NE(with([](TableRunOptions& o) { o.batch = -1; }).find("batch"), std::string::npos);
  EXPECT_NE(with([](TableRunOptions& o) { o.validation = 1; }).find("validation"),
            std::string::npos);
  EXPECT_NE(with([](TableRunOptions& o) { o.validation = o.test = 0.5; }).find("no rows"),
            std::string::npos);
  EXPECT_NE(with([](TableRunOptions& o) { o.target = ""; }).find("target"), std::string::npos);
  TableRunOptions missing{.data = "/nowhere/at/all.csv", .target = "y"};
  EXPECT_THROW(run_table(missing), FileError);
}

}  // namespace
}  // namespace downhill
