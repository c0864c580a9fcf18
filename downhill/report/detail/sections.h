#pragma once
#include <string>

#include "downhill/report/detail/charts.h"
#include "downhill/runlog/records.h"

namespace downhill::report_detail {

// The parts of the page, each a piece of HTML with all text escaped.

std::string verdict_section(const Verdict& verdict);
std::string tiles(const RunLog& log, const Charts& charts);
std::string chart_sections(const Charts& charts);
std::string stands_section(const RunLog& log);
std::string configuration_section(const RunLog& log);

}  // namespace downhill::report_detail
