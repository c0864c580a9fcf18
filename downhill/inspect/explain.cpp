#include <fmt/format.h>

#include "downhill/core/options.h"
#include "downhill/inspect/stationarity.h"

namespace downhill {
namespace {

void add_line(std::string& text, const char* what, const std::string& figures) {
  text += fmt::format("  {:<20} {}\n", what, figures);
}

std::string eigenvalue(double value, double residual) {
  return fmt::format("{:.6g}  (residual {:.2g})", value, residual);
}

std::string line_probe(const LineProbe& probe) {
  if (probe.falls())
    return fmt::format("the loss falls by {:.4g} at distance {:.3g}  (rounding {:.2g})",
                       probe.decrease, probe.distance, probe.noise);
  return fmt::format(
      "the loss does not fall; the best of the probes is {:.4g} higher  (rounding "
      "{:.2g})",
      0 - probe.decrease, probe.noise);
}

}  // namespace

std::string explain(const Stands& s) {
  std::string text = fmt::format("{}: {}.\n", s.stands, s.reason);
  add_line(text, "parameters", fmt::format("{}", s.parameters));
  if (s.loss) add_line(text, "loss", decimal(*s.loss, 8));
  if (s.unit != 1 && s.gradient_norm)
    add_line(text, "",
             fmt::format("gradient and curvature are of the loss over {:.6g}, its scale", s.unit));
  if (s.gradient_norm) add_line(text, "gradient norm", decimal(*s.gradient_norm, 4));
  if (s.quadratic_decrease)
    add_line(text, "fall still promised",
             *s.quadratic_decrease > 1
                 ? "more than the loss has: beyond the reach of the quadratic model"
                 : fmt::format("{:.4g}, {:.3g} % of the loss, by the quadratic model",
                               *s.predicted_decrease, 100 * *s.quadratic_decrease));
  if (s.flat_fall && *s.flat_fall >= 0.5 && *s.predicted_decrease > 0)
    add_line(text, "",
             fmt::format("{:.3g} % of it, and {:.3g} % of the squared gradient, along flat "
                         "directions",
                         100 * *s.flat_fall, 100 * *s.flat_gradient));
  if (s.unbounded_share && *s.unbounded_share >= 0.005)
    add_line(
        text, "",
        fmt::format("{:.0f} % of the squared gradient lies along curvature that is not positive",
                    100 * *s.unbounded_share));
  if (s.h1) add_line(text, "largest eigenvalue", eigenvalue(*s.h1, *s.h1_residual));
  if (s.hn) {
    add_line(text, "smallest eigenvalue", eigenvalue(*s.hn, *s.hn_residual));
    add_line(text, "", fmt::format("a saddle's is below {:.4g}", *s.hn_limit));
    add_line(text, "",
             fmt::format("{} Lanczos steps, {}", s.spectrum_steps,
                         s.spectrum_converged ? "both ends converged"
                                              : "the ends have not converged to tolerance"));
  }
  if (s.along_hn) add_line(text, "along it", line_probe(*s.along_hn));
  if (s.along_gradient) add_line(text, "down the gradient", line_probe(*s.along_gradient));
  std::string constants;
  for (const auto& [name, value] : s.constants)
    constants += fmt::format("{}{} {:.10g}", constants.empty() ? "" : ", ", name, value);
  add_line(text, "constants", constants);
  return text;
}

}  // namespace downhill
