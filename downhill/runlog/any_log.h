#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "downhill/runlog/records.h"

namespace downhill {

/// A log of any program as a run log, and what was taken for what.
struct AnyLog {
  RunLog log;
  std::vector<std::string> notes;  ///< "training loss: train_loss"; empty for a log of ours
};

/// Reads our run log, CSV, JSON (lines, lists, Keras' history, trainer_state.json) or TensorBoard's
/// event files (several of one run below a directory are merged). Columns are known by their names
/// (docs/doctor.md); `columns` tells what else is what: "loss=train_loss". FileError (data) with the
/// place for what cannot be read, and for a log without a training loss.
AnyLog read_any_log(const std::filesystem::path& path,
                    const std::vector<std::string>& columns = {});

}  // namespace downhill
