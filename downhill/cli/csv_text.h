#pragma once
#include <span>
#include <string>

#include "downhill/data/csv_writer.h"

namespace downhill::cli {

/// The columns as `write_csv` writes them, for standard output.
std::string csv_text(std::span<const CsvColumn> columns);

}  // namespace downhill::cli
