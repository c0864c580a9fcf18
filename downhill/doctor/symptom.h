#pragma once
#include <optional>
#include <string>
#include <vector>

#include "downhill/doctor/examination.h"
#include "downhill/runlog/verdict.h"

namespace downhill {

/// One thing that a run can be: what the list of symptoms holds. Each symptom is a header of its
/// own with a plain struct of three things: `name`, `rule` (one or two sentences) and `examine`,
/// which returns the finding if the symptom fired.
struct Symptom {
  std::string name;
  std::string rule;
  std::optional<Finding> (*examine)(const Examination& run);
};

/// All symptoms (list.h) in the order of precedence: the first that fires is the verdict.
const std::vector<Symptom>& symptoms();

}  // namespace downhill
