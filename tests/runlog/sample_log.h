#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "downhill/runlog/records.h"
#include "downhill/runlog/writer.h"

namespace downhill::sample {

/// A fresh path below the tests' directory.
inline std::filesystem::path fresh_path(const std::string& name) {
  static int count = 0;
  const auto folder = std::filesystem::path(::testing::TempDir()) /
                      ("downhill_" + std::to_string(::getpid()) + "_" + std::to_string(++count));
  std::filesystem::create_directories(folder);
  return folder / name;
}

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::filesystem::path write_text(const std::string& text) {
  const auto path = fresh_path("run.jsonl");
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

/// A log that uses every field of every record.
inline RunLog full_log() {
  const Evidence evidence{"validation loss above its best, %", 5.5, 2.0, "Prechelt 1998"};
  RunLog log;
  log.start = {
      1, "0.1.0", {{"optimizer", "adamw:lr=0.001"}, {"seed", "7"}}, "x86-64-v3", "OpenBLAS 0.3.21",
      2, 0};
  log.steps = {{1, 1, "train", 2.5, 0.001, 1.25}, {2, 1, "train", 0.1 + 0.2, 0.001, 1e-300}};
  log.epochs = {{1, 2, "train", 1.5, 0.001, 0.5, {{"accuracy", 0.75}}},
                {1, 2, "validation", 1.625, {}, {}, {{"accuracy", 0.5}, {"rmse", 3}}}};
  log.columns = {{{"age", "numbers", "input", "18 to 90", 3, "median 41, an indicator"}}};
  log.evaluations = {{"test",
                      4,
                      0.5,
                      0.6931471805599453,
                      {{"accuracy", 0.75}},
                      {{"accuracy", 0.25, 1}},
                      {{"accuracy", 0.5}},
                      {{"auc", "the rows are of one class"}},
                      0.1,
                      0.5,
                      0.0,
                      {{"no", 2, 1.0, 0.6666666666666666}, {"yes", 2, 0.5, 1.0}},
                      {{2, 0}, {1, 1}},
                      {{0.4, 0.4666666666666667, 2, 0.45, 0.5}},
                      {0, 1},
                      {0.25, 0.5}}};
  log.stands = {"minimum", "flat to tolerance",
                true,      2,
                1,         1437,
                650,       0.5,
                1e-9,      16.7,
                1e-6,      0.3,
                1e-7,      0.001,
                0.0,       {{"krylov_steps", 20}}};
  log.verdict = {"overfitting",
                 "too long",
                 {evidence},
                 {"stop at epoch 1"},
                 {{"overfitting", "too long", {evidence}, {"stop at epoch 1"}}},
                 {{"overfit_gl", 2}}};
  log.end = {"early stopping", "patience 10", 2, 1, 0.25, 1, 1.625};
  return log;
}

/// Writes the log as a run would; returns its path.
inline std::filesystem::path write_log(const RunLog& log) {
  const auto path = fresh_path("run.jsonl");
  RunLogWriter writer(path, log.start);
  if (log.columns) writer.write(*log.columns);
  for (const auto& record : log.steps) writer.write(record);
  for (const auto& record : log.epochs) writer.write(record);
  for (const auto& record : log.evaluations) writer.write(record);
  if (log.stands) writer.write(*log.stands);
  if (log.verdict) writer.write(*log.verdict);
  if (log.end) writer.write(*log.end);
  return path;
}

}  // namespace downhill::sample
