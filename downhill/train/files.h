#pragma once

namespace downhill {

/// Names of the files in a run directory.
inline constexpr const char* kLogFile = "run.jsonl";
inline constexpr const char* kCheckpointFile = "checkpoint.safetensors";
inline constexpr const char* kModelFile = "model.safetensors";
inline constexpr const char* kReportFile = "report.html";

}  // namespace downhill
