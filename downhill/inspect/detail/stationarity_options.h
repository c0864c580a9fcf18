#pragma once
#include "downhill/inspect/stationarity.h"

namespace downhill::detail {

/// UsageError naming the option that is out of its range.
void check_options(const StationarityOptions& options);
/// What was used, by name, for the record.
std::vector<std::pair<std::string, double>> constants_of(const StationarityOptions& options);

}  // namespace downhill::detail
