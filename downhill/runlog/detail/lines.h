#pragma once
#include <cstdint>
#include <filesystem>

namespace downhill::runlog_detail {

/// Bytes of the run log at `path` up to and with the last line that a run resumed after `step`
/// keeps: the start record and all step and epoch records with at most that step, up to the first
/// record that is none of these. Throws FileError (data) as `read_run_log` does.
std::uintmax_t bytes_up_to_step(const std::filesystem::path& path, std::int64_t step);

}  // namespace downhill::runlog_detail
