#include "downhill/train/curvature.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "downhill/autodiff/node.h"
#include "downhill/core/error.h"
#include "downhill/data/batches.h"
#include "downhill/inspect/gauss_newton.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/reduce.h"
#include "downhill/train/detail/evaluation_mode.h"
#include "downhill/train/detail/explain.h"
#include "downhill/train/detail/tensors_of.h"
#include "downhill/train/table_run.h"

namespace downhill {
namespace {

constexpr double kCriticalTolerance = 1e-5;  // it is shown with four digits

/// Leaves the measurement where it is asked to stop.
struct Stopped {};

class Measurement {
 public:
  Measurement(nn::Module& model, const Dataset& rows, const LossOf& loss_of,
              const CurvatureOptions& options, const SplitModel* split)
      : rows_(rows), loss_of_(loss_of), options_(options), split_(split), all_(rows.all()) {
    for (const Parameter& p : model.parameters())
      if (p.tensor.requires_grad()) parameters_.push_back(p);
    leaves_ = detail::tensors_of(parameters_);
    result_.rows = rows.size();
    by_rows_ = by_rows();
  }

  Curvature run() {
    StationarityOptions stands = options_.stands;
    stands.seed = options_.seed;
    stands.stop = options_.stop;
    stands.progress = [&](int done, int) { report(done); };
    const Objective objective([&] { return loss_of_(all_).mean; });
    result_.stands = stationarity(objective, leaves_, stands);
    done_ = stands.krylov_steps + stands.steps;
    // Where loss, gradient or curvature is not finite there is nothing more to measure.
    if (result_.stands.stands == "unknown") {
      result_.stopped = options_.stop.stop_requested();
      return std::move(result_);
    }
    try {
      measure(objective);
    } catch (const Stopped&) {
      result_.stopped = true;
    }
    for (Tensor& leaf : leaves_) leaf.zero_grad();
    return std::move(result_);
  }

 private:
  void measure(const Objective& objective);
  void measure_gauss_newton();
  void measure_rows();
  void measure_noise();
  LinearOperator counted(LinearOperator product) {
    return [this, product = std::move(product)](const std::vector<double>& v) {
      if (options_.stop.stop_requested()) throw Stopped{};
      report(++done_);
      return product(v);
    };
  }
  Tensor each(const Batch& batch) const { return split_->each(split_->outputs(batch), batch); }
  bool by_rows() const;
  void report(int done) const {
    if (options_.progress) options_.progress(std::min(done, products()), products());
  }
  int products() const {
    const CurvatureOptions& o = options_;
    return o.stands.krylov_steps + o.stands.steps + o.trace_products + o.layer_products +
           o.density.probes * o.density.steps +
           (split_ != nullptr ? o.gauss_newton_steps + o.trace_products : 0) +
           (by_rows_ ? o.gauss_newton_steps : 0);
  }

  const Dataset& rows_;
  const LossOf& loss_of_;
  const CurvatureOptions& options_;
  const SplitModel* split_;
  const Batch all_;
  std::vector<Parameter> parameters_;
  Tensors leaves_;
  Curvature result_;
  bool by_rows_ = false;
  int done_ = 0;
};

void Measurement::measure(const Objective& objective) {
  const std::int64_t n = result_.stands.parameters;
  const LocalModel here = local_model(objective, leaves_);
  std::vector<double> down = here.gradient;
  flat::scale(down, -1);
  const LinearOperator hessian = counted(here.hessian);
  result_.trace = trace(hessian, n, {options_.trace_products, options_.seed});
  std::vector<std::int64_t> sizes;
  for (const Parameter& p : parameters_) sizes.push_back(p.tensor.elements());
  const std::vector<Estimate> blocks =
      block_traces(hessian, sizes, {options_.layer_products, options_.seed + 1});
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    result_.layers.push_back({parameters_[i].name, sizes[i], blocks[i]});
  DensityOptions density = options_.density;
  density.seed = options_.seed + 2;
  result_.density = spectral_density(hessian, n, density);
  result_.negative = result_.density.negative;
  for (double* figure : {&result_.negative.value, &result_.negative.standard_error,
                         &result_.negative.low, &result_.negative.high})
    *figure = std::clamp(*figure * static_cast<double>(n), 0.0, static_cast<double>(n));
  if (split_ != nullptr) measure_gauss_newton();
  if (by_rows_) measure_rows();
  if (rows_.size() >= 16) measure_noise();
  // Last: it writes to the parameters, so that the graph of `here` is stale.
  const double h1 = std::max(*result_.stands.h1, 0.0);
  if (flat::length(down) > 0)
    result_.critical = critical_rate(
        objective, leaves_, down, {.start = h1 > 0 ? 2 / h1 : 1, .tolerance = kCriticalTolerance});
}

void Measurement::measure_gauss_newton() {
  const Tensor outputs = split_->outputs(all_);
  const GaussNewtonProduct product(
      outputs, [&](const Tensor& z) { return split_->loss(z, all_).mean; }, leaves_);
  const LinearOperator flat_product = counted(
      [&](const std::vector<double>& v) { return flatten(product(unflatten(v, leaves_))); });
  const std::int64_t n = result_.stands.parameters;
  result_.gauss_newton =
      spectrum(flat_product, n,
               {.steps = options_.gauss_newton_steps, .tolerance = 1e-3, .seed = options_.seed});
  result_.gauss_newton_trace = trace(flat_product, n, {options_.trace_products, options_.seed + 3});
}

// A few rows alone have the values that they have among all.
bool Measurement::by_rows() const {
  if (split_ == nullptr || !split_->each) return false;
  try {
    const NoGraph off;
    std::vector<std::int64_t> first(
        static_cast<std::size_t>(std::min<std::int64_t>(8, rows_.size())));
    std::iota(first.begin(), first.end(), 0);
    const std::vector<double> alone =
        each(rows_.batch(Tensor::from(first, {static_cast<std::int64_t>(first.size())})))
            .to_vector();
    const std::vector<double> among = each(all_).to_vector();
    for (std::size_t i = 0; i < alone.size(); ++i)
      if (!(std::abs(alone[i] - among[i]) <= 1e-4 * std::abs(among[i]) + 1e-12)) return false;
    return among.size() == static_cast<std::size_t>(rows_.size());
  } catch (const UsageError&) {
    return false;
  }
}

void Measurement::measure_rows() {
  // Such that the loss is the mean of the rows' losses.
  const double scale = static_cast<double>(rows_.size()) / loss_of_(all_).counts(all_);
  const std::vector<double> norms2 =
      row_gradient_norms2([&] { return sum(each(all_)) * scale; }, leaves_);
  RowGradients rows = row_gradients(norms2);
  for (std::int64_t& row : rows.hardest) row = static_cast<std::int64_t>(all_.index.at(row));
  result_.row_gradients = std::move(rows);
  result_.fisher_trace =
      std::accumulate(norms2.begin(), norms2.end(), 0.0) / static_cast<double>(norms2.size());
  const EmpiricalFisherProduct product(each(all_) * scale, leaves_);
  const LinearOperator flat_product = counted(
      [&](const std::vector<double>& v) { return flatten(product(unflatten(v, leaves_))); });
  result_.fisher =
      spectrum(flat_product, result_.stands.parameters,
               {.steps = options_.gauss_newton_steps, .tolerance = 1e-3, .seed = options_.seed});
}

void Measurement::measure_noise() {
  const std::int64_t batches = std::min<std::int64_t>(options_.noise_batches, rows_.size() / 2);
  const std::int64_t size = std::clamp<std::int64_t>(rows_.size() / batches, 1, 32);
  Batches order(rows_.size(), size, options_.seed);
  std::vector<Objective::Part> parts;
  for (std::int64_t i = 0; i < batches; ++i)
    parts.push_back([this, batch = rows_.batch(order.rows(0, i))] { return loss_of_(batch).mean; });
  result_.noise = gradient_noise(parts, size, leaves_);
}

}  // namespace

namespace {

void check(const CurvatureOptions& o) {
  const auto need = [](const char* option, std::int64_t value, std::int64_t least) {
    if (value < least)
      throw_usage("curvature", fmt::format("{} is {}; expected at least {}", option, value, least));
  };
  need("rows", o.rows, 1);
  need("trace_products", o.trace_products, 6);
  need("layer_products", o.layer_products, 6);
  need("gauss_newton_steps", o.gauss_newton_steps, 1);
  need("noise_batches", o.noise_batches, 8);
  need("density.probes", o.density.probes, 2);
  need("density.steps", o.density.steps, 2);
}

}  // namespace

Curvature measure_curvature(nn::Module& model, const Dataset& rows, const LossOf& loss_of,
                            const CurvatureOptions& options, const SplitModel* split) {
  check(options);
  const detail::EvaluationMode mode(model);
  const Dataset used = detail::sample(rows, options.rows, options.seed);
  return Measurement(model, used, loss_of, options, split).run();
}

CurvatureOfRun curvature_of_run(const std::filesystem::path& run, const CurvatureOptions& options,
                                const std::filesystem::path& data) {
  FinishedRun found = finished_run(run, data);
  CurvatureOptions used = options;
  used.seed = found.seed;
  used.stands.unit = found.model.card.head.k;
  used.stands.reference = found.model.card.head.constant_loss / found.model.card.head.k;
  SplitModel split{
      [&](const Batch& batch) { return found.model.model(batch.input); },
      [&](const Tensor& outputs, const Batch& b) { return found.model.batch_loss(outputs, b); }};
  split.each = [&](const Tensor& outputs, const Batch& b) {
    return found.model.row_losses(outputs, b);
  };
  Curvature curvature =
      measure_curvature(found.model.model, found.rows, found.model.loss_of(), used, &split);
  if (curvature.row_gradients)
    for (std::int64_t& row : curvature.row_gradients->hardest)
      row = found.table_rows.data<std::int64_t>()[row];
  return {std::move(curvature), found.model.card, found.note};
}

}  // namespace downhill
