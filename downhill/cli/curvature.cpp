#include <fmt/format.h>

#include "downhill/cli/arguments.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/interrupt.h"
#include "downhill/cli/json.h"
#include "downhill/cli/progress.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"
#include "downhill/train/table_run.h"

namespace downhill::cli {
namespace {

constexpr std::string_view kSummary =
    "Measures where a finished run stands, at its final weights on its training rows: both ends\n"
    "of the Hessian's spectrum, how far the loss can still fall, and so whether it descends, or\n"
    "stands at a saddle or a minimum. It reads the model and the data that it was trained on.\n";

Json json_of(const Stands& s) {
  return {{"stands", s.stands},
          {"reason", s.reason},
          {"parameters", s.parameters},
          {"loss", json_number(s.loss)},
          {"gradient_norm", json_number(s.gradient_norm)},
          {"h1", json_number(s.h1)},
          {"h1_residual", json_number(s.h1_residual)},
          {"hn", json_number(s.hn)},
          {"hn_residual", json_number(s.hn_residual)},
          {"hn_limit", json_number(s.hn_limit)},
          {"spectrum_steps", s.spectrum_steps},
          {"spectrum_converged", s.spectrum_converged},
          {"predicted_decrease", json_number(s.predicted_decrease)},
          {"quadratic_decrease", json_number(s.quadratic_decrease)},
          {"probe_decrease", json_number(s.probe_decrease)},
          {"constants", json_numbers(s.constants)}};
}

}  // namespace

int curvature_command(const Words& words) {
  std::string run;
  bool json = false;
  Arguments arguments("curvature", kSummary, "downhill curvature run/digits");
  arguments.positional("RUN", run, "a run directory that train wrote");
  arguments.flag("--json", json, "one JSON object instead of text");
  if (!arguments.parse(words)) return kOk;
  if (run.empty()) throw UsageError("RUN is empty; expected a run directory");

  const Interrupt interrupt;
  ProgressBar bar(arguments.quiet());
  StationarityOptions options;
  options.stop = interrupt.token();
  options.progress = [&](int done, int of) {
    if (bar.due() && of > 0)
      bar.show(static_cast<double>(done) / of, fmt::format("product {} of at most {}", done, of));
  };
  const Stands stands = measure_run(run, options).stands;
  if (interrupt.requested()) return kInterrupted;
  if (json) print_json(json_of(stands));
  else print(explain(stands));
  return kOk;
}

}  // namespace downhill::cli
