#pragma once
#include <filesystem>
#include <vector>

#include "downhill/train/landscape_run.h"

namespace downhill::detail {

/// The figures as one JSON object, written whole or not at all.
void write_landscape(const std::filesystem::path& path, const RunLandscape& landscape);

/// The values of an interrupted measurement. FileError (model) if the file is not that of the same
/// measurement: its directions, axes, number of points and the loss at the weights must agree.
std::vector<double> read_landscape(const std::filesystem::path& path, const RunLandscape& same);

}  // namespace downhill::detail
