#pragma once
#include <string>

#include "downhill/report/detail/charts.h"
#include "downhill/runlog/records.h"

namespace downhill::report_detail {

// The parts of the page, each a piece of HTML with all text escaped.

std::string verdict_section(const Verdict& verdict);
std::string tiles(const RunLog& log, const Charts& charts);
std::string chart_sections(const Charts& charts);
/// All metrics of all parts, with the test figures' intervals and the best constant.
std::string evaluation_section(const RunLog& log);
/// Of the last part that has them: who was taken for whom, how far probabilities can be believed, and
/// predicted numbers against true ones.
std::string confusion_section(const RunLog& log);
std::string calibration_section(const RunLog& log);
std::string predictions_section(const RunLog& log);
/// The columns as they were understood.
std::string columns_section(const RunLog& log);
/// Norms of gradient and update, update-to-weight ratio and dead share of every layer: first, last, worst.
std::string layers_section(const RunLog& log);
std::string stands_section(const RunLog& log);
std::string configuration_section(const RunLog& log);

}  // namespace downhill::report_detail
