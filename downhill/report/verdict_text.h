#pragma once
#include <string>

#include "downhill/runlog/verdict.h"

namespace downhill {

/// A verdict as lines of plain text for a terminal: name and summary, next steps, evidence with
/// thresholds and sources, other symptoms that fired, and every constant that was used.
std::string verdict_text(const Verdict& verdict);

}  // namespace downhill
