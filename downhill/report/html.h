#pragma once
#include <optional>
#include <string>

#include "downhill/report/landscape_page.h"
#include "downhill/runlog/records.h"
#include "downhill/runlog/verdict.h"

namespace downhill {

/// One self-contained HTML page about a run, under 300 KB: verdict with evidence and next steps,
/// curves of loss, metrics, learning rate and gradient norm (drag to zoom, double click to go back,
/// logarithmic at a click), where the run stands, configuration; where it
/// is given, the loss around the run's weights as a surface. It needs no network, its content
/// security policy forbids one, and all text of the log is escaped. Long curves are thinned to the
/// extremes of neighbours, so that spikes stay; the log keeps every point.
std::string html_report(const RunLog& log, const Verdict& verdict,
                        const std::optional<LandscapeShown>& landscape = {});

/// The same page of a run under way, for a server that serves it at "/" and sends an event "epoch" after
/// each epoch, and "end", at "/events"; it shows each without being loaded again.
std::string live_report(const RunLog& log, const Verdict& verdict);

}  // namespace downhill
