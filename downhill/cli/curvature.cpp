#include "downhill/train/curvature.h"

#include <fmt/format.h>

#include <array>

#include "downhill/cli/arguments.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/interrupt.h"
#include "downhill/cli/json.h"
#include "downhill/cli/picture_file.h"
#include "downhill/cli/progress.h"
#include "downhill/cli/run_files.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"
#include "downhill/io/same_file.h"
#include "downhill/report/svg.h"
#include "downhill/train/table_run.h"

namespace downhill::cli {
namespace {

constexpr std::string_view kSummary =
    "Measures where a finished run stands, at its final weights on its training rows: both ends\n"
    "of the Hessian's spectrum, how far the loss can still fall, and so whether it descends, or\n"
    "stands at a saddle or a minimum; then the trace by layer, how many eigenvalues are negative,\n"
    "the spectrum's density, the Gauss-Newton and empirical Fisher matrices, which rows pull\n"
    "hardest, the rate at which gradient descent would raise the loss, and the noise of the\n"
    "gradient. It reads the model and the data that it was trained on.\n";

void add_stands(JsonWriter& json, const Stands& s) {
  json.member("state", s.stands);
  json.member("reason", s.reason);
  json.member("parameters", s.parameters);
  json.member("loss", s.loss);
  json.member("unit", s.unit);
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
  json.member("flat_fall", s.flat_fall);
  json.member("flat_gradient", s.flat_gradient);
  json.member("probe_decrease", s.probe_decrease);
  json.member("constants", s.constants);
}

// {"value": ..., "standard_error": ..., "interval": [low, high]}
void add_estimate(JsonWriter& json, std::string_view name, const Estimate& e) {
  json.key(name);
  json.begin_object();
  json.member("value", e.value);
  json.member("standard_error", e.standard_error);
  json.member("interval", std::vector<double>{e.low, e.high});
  json.end_object();
}

void add_noise(JsonWriter& json, const GradientNoise& noise) {
  json.key("noise");
  json.begin_object();
  add_estimate(json, "noise_scale", noise.noise_scale);
  json.member("batch", noise.batch);
  json.member("batches", noise.batches);
  json.member("gradient_norm2", noise.gradient_norm2);
  json.member("variance", noise.variance);
  json.member("signal_to_noise", noise.signal_to_noise);
  json.member("norm_test", noise.norm_test);
  json.member("inner_test", noise.inner_test);
  json.member("suggested_batch", noise.suggested_batch());
  json.end_object();
}

void add_density(JsonWriter& json, const Density& density) {
  json.key("density");
  json.begin_object();
  json.member("exact", density.exact);
  json.member("width", density.width);
  json.member("cut", density.cut);
  for (const auto& [name, share] :
       {std::pair("negative", &density.negative), std::pair("zero", &density.zero),
        std::pair("positive", &density.positive)})
    add_estimate(json, name, *share);
  json.member("at", density.at);
  json.member("density", density.density);
  json.member("density_low", density.density_low);
  json.member("density_high", density.density_high);
  json.end_object();
}

void add_rows(JsonWriter& json, const RowGradients& rows) {
  json.key("row_gradients");
  json.begin_object();
  json.member("median", rows.median);
  json.member("percentile_99", rows.high);
  json.member("largest", rows.largest);
  json.member("top_share", rows.share);
  json.member("hardest", rows.hardest);
  json.end_object();
}

void print_as_json(const Curvature& c) {
  JsonWriter json;
  json.begin_object();
  add_stands(json, c.stands);
  if (!c.layers.empty()) {
    json.member("rows", c.rows);
    add_estimate(json, "trace", c.trace);
    json.objects("layers", c.layers, [&](const LayerTrace& layer) {
      json.member("name", layer.name);
      json.member("parameters", layer.parameters);
      add_estimate(json, "trace", layer.trace);
    });
    add_estimate(json, "negative_eigenvalues", c.negative);
    add_density(json, c.density);
    if (c.gauss_newton) {
      json.member("gauss_newton_h1", c.gauss_newton->h1.value);
      add_estimate(json, "gauss_newton_trace", *c.gauss_newton_trace);
    }
    if (c.fisher) {
      json.member("fisher_h1", c.fisher->h1.value);
      json.member("fisher_trace", *c.fisher_trace);
    }
    if (c.row_gradients) add_rows(json, *c.row_gradients);
    json.member("critical_rate", c.critical.rate);
    if (c.noise) add_noise(json, *c.noise);
  }
  json.end_object();
  print_json(json);
}

}  // namespace

int curvature_command(const Words& words) {
  std::string run, data, picture;
  bool json = false;
  CurvatureOptions options;
  Arguments arguments("curvature", kSummary,
                      "downhill curvature run/digits --picture spectrum.svg");
  arguments.positional("RUN", run, "a run directory that train wrote");
  arguments.text("--data", "FILE", data, "where the run's table lies now, if it has moved");
  arguments.number("--rows", "N", options.rows, {1, 1e9}, "training rows at most: a sample");
  arguments.picture("--picture", picture, "draw the density of the spectrum");
  arguments.flag("--json", json, "one JSON object instead of text");
  if (!arguments.parse(words)) return kOk;
  if (run.empty()) throw_argument("RUN", "is empty; expected a run directory");

  std::vector<NamedFile> inputs = files_of_runs({run});
  inputs.push_back({"--data", data});
  check_outputs(inputs, std::array{NamedFile{"--picture", picture}});
  const Interrupt interrupt;
  ProgressBar bar(arguments.quiet());
  options.stop = interrupt.token();
  options.progress = [&](int done, int of) {
    if (bar.due() && of > 0)
      bar.show(static_cast<double>(done) / of, fmt::format("product {} of at most {}", done, of));
  };
  const CurvatureOfRun measured = curvature_of_run(run, options, data);
  const Curvature& curvature = measured.curvature;
  if (!measured.note.empty() && !arguments.quiet()) note_all({measured.note});
  if (!picture.empty() && curvature.density.at.empty() && !curvature.stopped)
    note(fmt::format("downhill: note: no picture: {}\n", curvature.stands.reason));
  if (!picture.empty() && !curvature.density.at.empty())
    write_picture(picture,
                  density_svg(curvature.density.at, curvature.density.density,
                              {.title = fmt::format("Spectrum of the Hessian: {}", run),
                               .x = "eigenvalue",
                               .y = "density",
                               .under = fmt::format(
                                   "{}; {} parameters on {} rows; each eigenvalue drawn {:.2g} "
                                   "wide",
                                   curvature.stands.stands, curvature.stands.parameters,
                                   curvature.rows, curvature.density.width)}));
  if (interrupt.requested()) return kInterrupted;
  if (json) print_as_json(curvature);
  else print(explain(curvature));
  return kOk;
}

}  // namespace downhill::cli
