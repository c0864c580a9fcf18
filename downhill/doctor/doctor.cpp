#include "downhill/doctor/doctor.h"

#include "downhill/doctor/symptom.h"

namespace downhill {

Verdict diagnose(const RunLog& log, const DoctorOptions& options) {
  check_options("doctor", options);
  const Examination run(log, options);
  Verdict verdict;
  verdict.constants = constants(options);
  for (const Symptom& symptom : symptoms()) {
    const bool last = &symptom == &symptoms().back();  // healthy: only when nothing else fired
    if (last && !verdict.symptoms.empty()) break;
    if (auto finding = symptom.examine(run)) {
      finding->name = symptom.name;
      verdict.symptoms.push_back(std::move(*finding));
    }
  }
  const Finding& first = verdict.symptoms.front();
  verdict.name = first.name;
  verdict.summary = first.summary;
  verdict.evidence = first.evidence;
  verdict.remedies = first.remedies;
  return verdict;
}

}  // namespace downhill
