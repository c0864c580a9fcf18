#include <fmt/format.h>

#include "downhill/cli/arguments.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/interrupt.h"
#include "downhill/cli/json.h"
#include "downhill/cli/progress.h"
#include "downhill/cli/run_files.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"
#include "downhill/train/table_run.h"

namespace downhill::cli {
namespace {

constexpr std::string_view kSummary =
    "Measures where a finished run stands, at its final weights on its training rows: both ends\n"
    "of the Hessian's spectrum, how far the loss can still fall, and so whether it descends, or\n"
    "stands at a saddle or a minimum. It reads the model and the data that it was trained on.\n";

void print_as_json(const Stands& s) {
  JsonWriter json;
  json.begin_object();
  json.member("state", s.stands);
  json.member("reason", s.reason);
  json.member("parameters", s.parameters);
  json.member("loss", s.loss);
  json.member("gradient_norm", s.gradient_norm);
  json.member("h1", s.h1);
  json.member("h1_residual", s.h1_residual);
  json.member("hn", s.hn);
  json.member("hn_residual", s.hn_residual);
  json.member("hn_limit", s.hn_limit);
  json.member("spectrum_steps", s.spectrum_steps);
  json.member("spectrum_converged", s.spectrum_converged);
  json.member("predicted_decrease", s.predicted_decrease);
  json.member("quadratic_decrease", s.quadratic_decrease);
  json.member("probe_decrease", s.probe_decrease);
  json.member("constants", s.constants);
  json.end_object();
  print_json(json);
}

}  // namespace

int curvature_command(const Words& words) {
  std::string run;
  bool json = false;
  Arguments arguments("curvature", kSummary, "downhill curvature run/digits");
  arguments.positional("RUN", run, "a run directory that train wrote");
  arguments.flag("--json", json, "one JSON object instead of text");
  if (!arguments.parse(words)) return kOk;
  if (run.empty()) throw_argument("RUN", "is empty; expected a run directory");

  const Interrupt interrupt;
  ProgressBar bar(arguments.quiet());
  StationarityOptions options;
  options.stop = interrupt.token();
  options.progress = [&](int done, int of) {
    if (bar.due() && of > 0)
      bar.show(static_cast<double>(done) / of, fmt::format("product {} of at most {}", done, of));
  };
  const Remeasured measured = measure_run(run, options);
  const Stands& stands = measured.stands;
  if (!measured.note.empty() && !arguments.quiet()) note_all({measured.note});
  if (interrupt.requested()) return kInterrupted;
  if (json) print_as_json(stands);
  else print(explain(stands));
  return kOk;
}

}  // namespace downhill::cli
