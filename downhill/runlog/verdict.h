#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "downhill/core/figures.h"
#include "downhill/runlog/ended.h"

namespace downhill {

/// One thing that is wrong with a run.
struct Finding {
  std::string name = {};  ///< the symptom: "overfitting"
  double confidence = 0;  ///< 0 to 1: how far the evidence is beyond its threshold
  std::int64_t from_step = 0, to_step = 0;  ///< where it shows; epochs where the log has no steps
  std::string summary = {};                 ///< one sentence with the figures that matter
  NamedNumbers evidence = {};               ///< what was measured
  NamedNumbers threshold = {};              ///< what it was held against
  std::string source = {};                  ///< where the rule comes from
  std::string remedy = {};                  ///< the command line, or the change, to make next
};

/// A symptom that the log has no columns for.
struct NotExamined {
  std::string symptom = {};
  std::string needs = {};  ///< the column that would tell
};

/// What the doctor says of a run, in three parts: where it stands, how it ended, what is wrong. A good
/// run is healthy, wherever it stands.
struct Verdict {
  std::string name = "healthy";  ///< the symptom of the first finding
  State state = State::unknown;
  std::optional<Ended> ended = {};  ///< absent where the log does not tell
  /// The step (epoch, where the log has no steps) from which on the train loss fell less than its
  /// noise; absent where it still falls.
  std::optional<std::int64_t> converged_from = {};
  std::string summary = {};
  std::vector<Finding> findings = {};  ///< in the order of precedence
  std::vector<NotExamined> not_examined = {};
  NamedNumbers constants = {};  ///< every threshold that the rules used

  bool healthy() const { return findings.empty(); }
};

}  // namespace downhill
