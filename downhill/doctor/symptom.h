#pragma once
#include <optional>
#include <string>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/doctor/examination.h"
#include "downhill/runlog/verdict.h"

namespace downhill {

/// One thing that can be wrong with a run: what the list of symptoms holds. Each symptom is a header
/// of its own with a plain struct: `name`, `rule` (one or two sentences), `source`, its thresholds as
/// options, `needs` (the column that would tell, or nullptr if the log has it) and `examine`, which
/// returns the finding if the symptom fired.
struct Symptom {
  std::string name;
  std::string rule;
  std::string source;
};

/// All symptoms (list.h) in the order of precedence: the first that fires is the verdict.
const std::vector<Symptom>& symptoms();

}  // namespace downhill
