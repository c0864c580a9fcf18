#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "downhill/train/files.h"
#include "downhill/train/table_run.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace testing_tables {

using testing_files::Directory;
using testing_files::put;

/// A run on the diabetes table of the repository; as the command would make it, but for its directory.
inline TableRunOptions of_diabetes(const std::filesystem::path& out) {
  TableRunOptions o{.data = std::string(DOWNHILL_SOURCE_DIR) + "/data/diabetes.csv",
                    .target = "target"};
  o.out = out;
  return o;
}

/// A small table run in a folder of its own.
class TableCase : public testing::Test {
 protected:
  TableRunOptions options(const std::string& table, const std::string& target) {
    const std::string file = place_ / ("t" + std::to_string(++count_) + ".csv");
    put(file, table);
    TableRunOptions o{.data = file, .target = target};
    o.model = "linear";
    o.optimizer = "lbfgs";
    o.batch = 0;
    o.epochs = 100;
    o.out = place_ / ("run" + std::to_string(count_));
    return o;
  }
  TableModel model(const TableRunOptions& o) { return TableModel::read(o.out / kModelFile); }
  std::string bytes(const TableRunOptions& o) {
    const TableModel m = model(o);
    std::string all;
    for (const Parameter& p : m.model.state())
      for (const double v : p.tensor.to_vector()) all += std::to_string(v) + " ";
    return all;
  }
  TablePredictions predict(const TableRunOptions& o, const std::string& rows,
                           bool residuals = false) {
    put(place_ / "new.csv", rows);
    return predict_table(model(o), place_ / "new.csv", residuals);
  }

  Directory place_;
  int count_ = 0;
};

}  // namespace testing_tables
}  // namespace downhill
