#include "downhill/report/verdict_text.h"

#include <fmt/format.h>

#include "downhill/core/options.h"

namespace downhill {
namespace {

std::string evidence_line(const Evidence& fact) {
  std::string line = "  " + fact.what;
  if (fact.value) line += ": " + decimal(*fact.value, 5);
  if (fact.threshold) line += fmt::format(" (threshold {:.5g})", *fact.threshold);
  if (!fact.source.empty()) line += fmt::format("  [{}]", fact.source);
  return line + "\n";
}

}  // namespace

std::string verdict_text(const Verdict& verdict) {
  std::string text = fmt::format("verdict: {}\n{}\n", verdict.name, verdict.summary);
  if (!verdict.remedies.empty()) text += "next:\n";
  for (std::size_t i = 0; i < verdict.remedies.size(); ++i)
    text += fmt::format("  {}. {}\n", i + 1, verdict.remedies[i]);
  if (!verdict.evidence.empty()) text += "evidence:\n";
  for (const Evidence& fact : verdict.evidence) text += evidence_line(fact);
  for (const Finding& symptom : verdict.symptoms)
    if (symptom.name != verdict.name)
      text += fmt::format("also {}: {}\n", symptom.name, symptom.summary);
  if (verdict.constants.empty()) return text;
  text += "constants:";
  for (const auto& [name, value] : verdict.constants)
    text += fmt::format(" {}={:.5g}", name, value);
  return text + "\n";
}

}  // namespace downhill
