#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "downhill/inspect/critical_rate.h"
#include "downhill/inspect/density.h"
#include "downhill/inspect/gradient_noise.h"
#include "downhill/inspect/row_gradients.h"
#include "downhill/inspect/spectrum.h"
#include "downhill/inspect/stationarity.h"
#include "downhill/inspect/trace.h"
#include "downhill/train/loss_of.h"
#include "downhill/train/model_file.h"

namespace downhill {

/// A model kept apart from its loss, as the Gauss-Newton matrix needs it.
struct SplitModel {
  std::function<Tensor(const Batch&)> outputs;
  std::function<BatchLoss(const Tensor& outputs, const Batch&)> loss;
  /// Weight times loss of each row, (rows): for what is measured of single rows. May be empty; where
  /// it throws UsageError, or a row's value depends on the others, rows are not measured.
  std::function<Tensor(const Tensor& outputs, const Batch&)> each = {};
};

/// What is measured, and how dearly: the products with the Hessian are nearly all of the time, about
/// 2.5 gradients each.
struct CurvatureOptions {
  StationarityOptions stands = {};
  std::int64_t rows = 2048;  ///< of the training rows, at most: a sample by the seed
  int trace_products = 30, layer_products = 15;
  DensityOptions density = {.probes = 4, .steps = 30};
  int gauss_newton_steps = 20;  ///< and of the empirical Fisher matrix
  int noise_batches = 32;       ///< at least 8, of at most 32 rows each
  std::uint64_t seed = 0;
  std::stop_token stop = {};
  std::function<void(int done, int of)> progress = {};  ///< products; `of` at most
};

struct LayerTrace {
  std::string name;
  std::int64_t parameters;
  Estimate trace;
};

/// The curvature of the loss at a model's weights: of what is minimised (for a table's numbers the
/// loss over its scale), dropout off. Memory: the kept vectors are 8 bytes a parameter, at most
/// max(steps) + 6 of them: 10 million parameters take about 4 GB with 40 Lanczos steps, and the graph beside them.
struct Curvature {
  Stands stands;
  std::int64_t rows = 0;
  Estimate trace;
  std::vector<LayerTrace> layers;  ///< of each parameter tensor
  Density density;
  Estimate negative;  ///< number of negative eigenvalues: the index of a saddle
  std::optional<Spectrum> gauss_newton;
  std::optional<Estimate> gauss_newton_trace;
  /// The empirical Fisher matrix, where the loss is one of rows: its largest eigenvalue, and its trace,
  /// which is the mean of the rows' |g_i|^2.
  std::optional<Spectrum> fisher;
  std::optional<double> fisher_trace;
  /// `hardest` as indices of the data set; of a finished run as rows of its table, from 1.
  std::optional<RowGradients> row_gradients;
  std::optional<GradientNoise> noise;  ///< none where there are fewer than 16 rows
  CriticalRate critical;               ///< along the negative gradient; see sharpness()
  bool stopped = false;                ///< asked to stop: what follows `stands` may be missing
};

Curvature measure_curvature(nn::Module& model, const Dataset& rows, const LossOf& loss_of,
                            const CurvatureOptions& options = {},
                            const SplitModel* split = nullptr);

/// All figures as lines of text.
std::string explain(const Curvature& curvature);

/// The curvature of a finished run, from its files.
struct CurvatureOfRun {
  Curvature curvature;
  ModelCard card;
  std::string note;  ///< the table is another than the one of the run
};
/// `data`: as finished_run has it.
CurvatureOfRun curvature_of_run(const std::filesystem::path& run,
                                const CurvatureOptions& options = {},
                                const std::filesystem::path& data = {});

}  // namespace downhill
