#pragma once
#include <filesystem>

#include "downhill/train/landscape_run.h"

namespace downhill {

/// The figures as one JSON object, written whole or not at all.
void write_landscape(const std::filesystem::path& path, const RunLandscape& landscape);

/// Such a file; of an interrupted measurement with the values that were done. FileError (model) if
/// it is none.
RunLandscape read_landscape(const std::filesystem::path& path);

/// Whether both are of one measurement: directions, axes, points and the loss at the weights agree.
bool same_measurement(const RunLandscape& a, const RunLandscape& b);

}  // namespace downhill
