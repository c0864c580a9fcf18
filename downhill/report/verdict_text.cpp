#include "downhill/report/verdict_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/core/options.h"

namespace downhill {
namespace {

std::string figures(const NamedNumbers& numbers) {
  std::string line;
  for (const auto& [name, value] : numbers)
    line += fmt::format("{}{} {}", line.empty() ? "" : ", ", name, decimal(value, 4));
  return line;
}

std::string finding_text(const Finding& f) {
  std::string text = fmt::format("{} ({:.0f} %", f.name, 100 * f.confidence);
  if (f.from_step > 0)
    text += f.from_step == f.to_step ? fmt::format(", at {}", f.from_step)
                                     : fmt::format(", {} to {}", f.from_step, f.to_step);
  text += fmt::format("): {}\n", f.summary);
  if (!f.remedy.empty()) text += fmt::format("  next: {}\n", f.remedy);
  if (!f.evidence.empty()) text += fmt::format("  evidence: {}\n", figures(f.evidence));
  if (!f.threshold.empty()) text += fmt::format("  threshold: {}\n", figures(f.threshold));
  if (!f.source.empty()) text += fmt::format("  source: {}\n", f.source);
  return text;
}

}  // namespace

std::string verdict_text(const Verdict& verdict) {
  std::string text = fmt::format("verdict: {}\n", verdict.name);
  if (verdict.healthy() && !verdict.summary.empty()) text += verdict.summary + "\n";
  text += fmt::format("state: {}; ended: {}{}\n", text_of(verdict.state),
                      verdict.ended ? text_of(*verdict.ended) : "unknown",
                      verdict.converged_from ? fmt::format("; no fall beyond the noise since {}",
                                                           *verdict.converged_from)
                                             : "");
  for (const Finding& finding : verdict.findings) text += finding_text(finding);
  std::string needs;
  for (const NotExamined& missing : verdict.not_examined)
    needs += fmt::format("  {}: needs {}\n", missing.symptom, missing.needs);
  return needs.empty() ? text : text + "not examined:\n" + needs;
}

}  // namespace downhill
