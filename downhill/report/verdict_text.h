#pragma once
#include <string>

#include "downhill/runlog/verdict.h"

namespace downhill {

/// A verdict as lines of plain text for a terminal: state and end, findings with remedy, evidence,
/// thresholds and sources, and what was not examined.
std::string verdict_text(const Verdict& verdict);

}  // namespace downhill
