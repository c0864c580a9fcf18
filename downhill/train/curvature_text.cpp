#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "downhill/core/options.h"
#include "downhill/train/curvature.h"

namespace downhill {
namespace {

void add_line(std::string& text, std::string_view what, const std::string& figures) {
  text += fmt::format("  {:<20} {}\n", what, figures);
}

std::string with_interval(const Estimate& e) {
  if (e.samples == 0) return fmt::format("{:.5g}  (exact)", e.value);
  return fmt::format("{:.5g}  ({:.5g} to {:.5g})", e.value, e.low, e.high);
}

void add_noise(std::string& text, const GradientNoise& noise) {
  add_line(
      text, "noise scale",
      std::isfinite(noise.noise_scale.value)
          ? with_interval(noise.noise_scale) +
                (noise.noise_scale.value > static_cast<double>(noise.rows)
                     ? fmt::format(": all {} rows together see more noise than signal", noise.rows)
                     : fmt::format(": a batch of about {} sees as much signal as noise",
                                   noise.suggested_batch()))
          : fmt::format("above {:.4g}: the gradient is lost in the noise of its rows",
                        noise.noise_scale.low));
  add_line(text, "",
           fmt::format("{} batches of {} rows; signal to noise of one {:.3g}, norm test {:.3g}, "
                       "inner-product test {:.3g} (large enough up to 0.9)",
                       noise.batches, noise.batch, noise.signal_to_noise, noise.norm_test,
                       noise.inner_test));
}

void add_rows(std::string& text, const RowGradients& rows) {
  add_line(text, "gradients of rows",
           fmt::format("length {:.4g} in the middle, {:.4g} at the 99th percentile, {:.4g} at most",
                       rows.median, rows.high, rows.largest));
  add_line(
      text, "",
      fmt::format("1 % of the rows hold {:.3g} % of the sum of squares; the hardest are rows {}",
                  100 * rows.share, fmt::join(rows.hardest, ", ")));
}

void add_layers(std::string& text, const std::vector<LayerTrace>& layers) {
  constexpr std::size_t kShown = 12;
  for (std::size_t i = 0; i < std::min(layers.size(), kShown); ++i)
    add_line(text, i == 0 ? "trace by layer" : "",
             fmt::format("{:<14} {} ({} parameters)", layers[i].name,
                         with_interval(layers[i].trace), layers[i].parameters));
  if (layers.size() > kShown)
    add_line(text, "", fmt::format("and {} more", layers.size() - kShown));
}

}  // namespace

std::string explain(const Curvature& c) {
  std::string text = explain(c.stands);
  if (c.layers.empty()) return text;
  text += fmt::format("curvature on {} rows, 95 % intervals in brackets:\n", c.rows);
  add_line(text, "trace", with_interval(c.trace));
  add_layers(text, c.layers);
  add_line(
      text, "index",
      fmt::format("{:.4g} of {} eigenvalues are below -{:.2g}{}", c.negative.value,
                  c.stands.parameters, c.density.cut,
                  c.density.exact ? ""
                                  : fmt::format("  ({:.4g} to {:.4g})",
                                                std::max(0.0, c.negative.low), c.negative.high)));
  add_line(text, "",
           fmt::format("{:.3g} % negative, {:.3g} % around 0, {:.3g} % positive",
                       100 * c.density.negative.value, 100 * c.density.zero.value,
                       100 * c.density.positive.value));
  if (c.gauss_newton)
    add_line(text, "Gauss-Newton",
             fmt::format("largest eigenvalue {:.6g}, trace {}", c.gauss_newton->h1.value,
                         with_interval(*c.gauss_newton_trace)));
  if (c.fisher)
    add_line(text, "empirical Fisher",
             fmt::format("largest eigenvalue {:.6g}, trace {:.5g}", c.fisher->h1.value,
                         *c.fisher_trace));
  if (c.row_gradients) add_rows(text, *c.row_gradients);
  if (c.critical.evaluations > 0)
    add_line(text, "critical rate",
             fmt::format("{:.4g}: gradient descent raises the loss beyond it (2 / h1 is {:.4g})",
                         c.critical.rate, 2 / *c.stands.h1));
  if (c.noise) add_noise(text, *c.noise);
  if (c.stopped) text += "  stopped before all was measured\n";
  return text;
}

}  // namespace downhill
