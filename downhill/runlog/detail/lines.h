#pragma once
#include <cstdint>
#include <filesystem>

#include "downhill/runlog/writer.h"

namespace downhill::runlog_detail {

/// The part of a log that was there at a mark.
struct Beginning {
  StartRecord start;
  std::uint64_t bytes;  ///< the start record's line included
};

/// Throws FileError (data) if the run log at `path` is shorter than at `mark`, or another.
Beginning beginning_of(const std::filesystem::path& path, const LogMark& mark);

}  // namespace downhill::runlog_detail
