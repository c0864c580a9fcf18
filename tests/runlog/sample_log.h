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
  RunLog log;
  log.start = {
      1, "0.1.0", {{"optimizer", "adamw:lr=0.001"}, {"seed", "7"}}, "x86-64-v3", "OpenBLAS 0.3.21",
      2, 0};
  log.start.constant_loss = 2.75;
  log.steps = {
      {1, 1, Split::train, 2.5, 0.001, 1.25, {{"dead", 0.25}}, {{"0.weight", 1, 0.5, 2, 0.25}}},
      {2, 1, Split::train, 0.1 + 0.2, 0.001, 1e-300}};
  log.epochs = {{1, 2, Split::train, 1.5, 0.001, 0.5, {{"accuracy", 0.75}}, {{"0.weight", 1}}},
                {1, 2, Split::validation, 1.625, {}, {}, {{"accuracy", 0.5}, {"rmse", 3}}}};
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
  log.stands = {State::minimum,
                "flat to tolerance",
                true,
                2,
                1,
                1437,
                650,
                0.5,
                1e-9,
                16.7,
                1e-6,
                0.3,
                1e-7,
                0.001,
                0.0,
                {{"krylov_steps", 20}}};
  log.verdict = {.name = "overfitting",
                 .state = State::minimum,
                 .ended = Ended::patience,
                 .summary = "too long",
                 .findings = {{.name = "overfitting",
                               .confidence = 0.75,
                               .from_step = 1,
                               .to_step = 2,
                               .summary = "too long",
                               .evidence = {{"validation_rise", 0.4}},
                               .threshold = {{"validation_rise", 0.2}},
                               .source = "Prechelt 1998",
                               .remedy = "--patience 10"}},
                 .not_examined = {{"frozen_parameters", "gradient norms per layer"}},
                 .constants = {{"overfitting.rise", 0.2}}};
  log.end = {Ended::patience, "patience 10", 2, 1, 0.25, 1, 1.625};
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
