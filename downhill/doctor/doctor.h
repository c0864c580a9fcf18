#pragma once
#include <string>
#include <string_view>

#include "downhill/runlog/records.h"
#include "downhill/runlog/verdict.h"

namespace downhill {

struct DoctorOptions {
  /// Symptoms with thresholds of one's own, "overfitting:rise=0.1 | plateau:fallen=0.05"; the others
  /// keep their defaults.
  std::string thresholds = {};
  /// The run still goes on: symptoms that are judged by how a run ended are left out.
  bool running = false;
};

/// What the run log says about its run: where it stands, how it ended, and what is wrong with it, each
/// finding with evidence, threshold, source and remedy. Works on any log, also without validation,
/// stands record or epochs; what the log has no columns for is told as not examined. Throws UsageError
/// for thresholds that no symptom has.
Verdict diagnose(const RunLog& log, const DoctorOptions& options = {});

/// Whether a run with this symptom is not worth going on with.
bool is_hopeless(std::string_view symptom);

}  // namespace downhill
