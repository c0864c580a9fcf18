#pragma once
#include <string>
#include <vector>

#include "downhill/runlog/any_log.h"
#include "tests/io/file_support.h"

// Logs of other programs, written and read.

namespace downhill::testing_logs {

inline AnyLog read(const std::string& text, const std::string& name = "log.csv") {
  const testing_files::Directory place;
  testing_files::put(place / name, text);
  return read_any_log(place / name);
}

/// Training losses, of steps and of epochs.
inline std::vector<double> train_of(const RunLog& log) {
  std::vector<double> losses;
  for (const auto& r : log.steps) losses.push_back(r.loss);
  for (const auto& r : log.epochs)
    if (r.split == Split::train) losses.push_back(r.loss);
  return losses;
}

inline bool noted(const AnyLog& any, const std::string& part) {
  for (const std::string& note : any.notes)
    if (note.find(part) != std::string::npos) return true;
  return false;
}

}  // namespace downhill::testing_logs
