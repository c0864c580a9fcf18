#pragma once
#include <filesystem>
#include <stop_token>
#include <vector>

#include "downhill/train/model_file.h"

namespace downhill::detail {

/// Where a finished run's weights stood before its first epoch and after each, at most 300 of them evenly:
/// it is trained again, bit for bit, and no further than it came. Empty where that was interrupted.
std::vector<std::vector<double>> places_of_run(const std::filesystem::path& run,
                                               const ModelCard& card, const std::stop_token& stop);

}  // namespace downhill::detail
