#include "downhill/doctor/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/options.h"
#include "downhill/doctor/list.h"
#include "downhill/doctor/remedy.h"
#include "downhill/doctor/settled.h"
#include "downhill/doctor/symptom.h"

namespace downhill {
namespace {

std::vector<Spec> specs_of(const std::string& thresholds) {
  std::vector<Spec> specs;
  if (thresholds.empty()) return specs;
  for (const std::string_view text : split_outside(thresholds, '|')) {
    specs.push_back(parse_spec(text, "symptom"));
    if (!Symptoms::with(specs.back().name, []<class S>() {}))
      throw_unknown("symptom", specs.back().name, Symptoms::names());
  }
  return specs;
}

template <class S>
S configured_symptom(const std::vector<Spec>& specs, NamedNumbers& constants) {
  S symptom;
  for (const Spec& spec : specs)
    if (spec.name == S::name) read_options(S::name, symptom, spec);
  const auto options = S::options();
  for (const Option& option : options) {
    double value = 0;
    read_option(option.print(&symptom), value);
    constants.emplace_back(fmt::format("{}.{}", S::name, option.name), value);
  }
  return symptom;
}

// Symptoms that are judged by how a run ended: it still falls, it stands still, its
// rate did not decay, it predicts one class as it did when it began.
template <class S>
constexpr bool kOfTheEnd = requires {
  S::of_the_end;
};

std::optional<Ended> ended_of(const Examination& run) {
  if (run.log().end) return run.log().end->reason;
  const bool finite = run.log().steps.empty() || std::isfinite(run.log().steps.back().loss);
  if (run.found(symptom::NotFinite::name) && !finite) return Ended::non_finite;
  if (run.found(symptom::Diverging::name)) return Ended::diverging;
  return {};
}

// As it was measured; else what the curve shows: whether it still falls.
State state_of(const Examination& run) {
  if (run.log().stands) return run.log().stands->stands;
  if (!run.judged() || !run.train_shape().falls()) return State::unknown;
  return State::descending;
}

std::string healthy_summary(const Examination& run) {
  if (run.train().empty()) return "The log has no train losses.";
  const CurveShape& train = run.train_shape();
  if (!run.judged())
    return fmt::format("Nothing is wrong so far, but {} train losses are too few to judge.",
                       run.train().size());
  return fmt::format("Nothing is wrong: the train loss went from {} to {}.", figure(train.start),
                     figure(train.end));
}

/// What is examined first, because others look at it, may be what another finding brought about: a loss
/// that grew until it was not finite diverged.
void causes_first(std::vector<Finding>& findings) {
  const auto at = [&](std::string_view name) {
    return std::ranges::find(findings, name, &Finding::name);
  };
  const auto cause = at(symptom::Diverging::name), effect = at(symptom::NotFinite::name);
  if (cause != findings.end() && effect < cause) std::rotate(effect, cause, cause + 1);
}

}  // namespace

Verdict diagnose(const RunLog& log, const DoctorOptions& options) {
  const std::vector<Spec> specs = specs_of(options.thresholds);
  Examination run(log, options.running);
  Verdict verdict;
  Symptoms::for_each([&]<class S>() {
    const S symptom = configured_symptom<S>(specs, verdict.constants);
    if (options.running && kOfTheEnd<S>) return;
    if (const char* needs = S::needs(run)) verdict.not_examined.push_back({S::name, needs});
    std::optional<Finding> finding = symptom.examine(run);
    if (!finding) return;
    finding->name = S::name;
    finding->source = S::source;
    const std::int64_t last = run.steps() > 0 ? run.steps() : run.epochs();
    if (finding->to_step == 0) finding->to_step = std::max(last, finding->from_step);
    run.note(S::name);
    verdict.findings.push_back(std::move(*finding));
  });
  causes_first(verdict.findings);
  std::erase_if(verdict.not_examined, [&](const NotExamined& n) { return run.found(n.symptom); });
  verdict.ended = ended_of(run);
  verdict.state = state_of(run);
  verdict.converged_from = converged_from(run.train());
  if (verdict.healthy()) {
    verdict.summary = healthy_summary(run);
  } else {
    verdict.name = verdict.findings.front().name;
    verdict.summary = verdict.findings.front().summary;
  }
  return verdict;
}

bool is_hopeless(std::string_view symptom) {
  bool hopeless = false;
  Symptoms::with(symptom, [&]<class S>() {
    hopeless = requires { S::hopeless; };
  });
  return hopeless;
}

}  // namespace downhill
