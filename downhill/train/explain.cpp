#include "downhill/train/detail/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/autodiff/watch.h"
#include "downhill/core/random.h"
#include "downhill/data/batches.h"
#include "downhill/doctor/doctor.h"
#include "downhill/train/detail/evaluation_mode.h"

namespace downhill::detail {

Dataset sample(const Dataset& rows, std::int64_t count, std::uint64_t seed) {
  if (rows.size() <= count) return rows;
  const double share = static_cast<double>(count) / static_cast<double>(rows.size());
  const std::vector<double> parts = {share, 1 - share};
  return rows.subset(split(rows.size(), parts, seed)[0]);
}

Stands measure(nn::Module& model, const Dataset& rows, const LossOf& loss_of,
               const StationarityOptions& options, double unit) {
  const EvaluationMode mode(model);
  Tensors leaves;
  for (const Parameter& p : model.parameters())
    if (p.tensor.requires_grad()) leaves.push_back(p.tensor);
  const Batch all = rows.all();
  StationarityOptions used = options;
  used.unit = unit;
  Stands stands = stationarity(Objective([&] { return loss_of(all).mean; }), leaves, used);
  for (Tensor& leaf : leaves) leaf.zero_grad();
  return stands;
}

namespace {

/// The row of the data set in which an element of a batch's tensor stands.
double row_of(const Batch& batch, const Tensor& tensor, std::int64_t element) {
  return batch.index.at(element / std::max<std::int64_t>(1, tensor.elements() / batch.size()));
}

}  // namespace

std::string blame(const nn::Module& model, const Batch& batch, const LossOf& loss_of) {
  for (const Parameter& p : model.parameters())
    if (const auto at = find_non_finite(p.tensor); at >= 0)
      return fmt::format("element {} of parameter {} is {}", at, p.name, p.tensor.at(at));
  if (const auto at = find_non_finite(batch.input); at >= 0)
    return fmt::format("row {} of the data holds {}", row_of(batch, batch.input, at),
                       batch.input.at(at));
  if (batch.target.defined() && is_floating(batch.target.type()))
    if (const auto at = find_non_finite(batch.target); at >= 0)
      return fmt::format("the target of row {} of the data is {}", row_of(batch, batch.target, at),
                         batch.target.at(at));
  const auto found = first_non_finite([&] { loss_of(batch).mean.backward(); });
  for (const Parameter& p : model.parameters()) Tensor(p.tensor).zero_grad();
  if (!found) return "loss and gradient are finite when computed once more";
  return fmt::format("it began in the {}operation {} (element {} of shape {})",
                     found->slope ? "slope of the " : "", found->operation, found->element,
                     found->shape.text());
}

StandsRecord record_of(const Stands& s) {
  State state = State::unknown;
  for (std::size_t i = 0; i < words_of(State{}).size(); ++i)
    if (s.stands == words_of(State{})[i]) state = static_cast<State>(i);
  // A loss that cannot go below 0 cannot fall by more than it has.
  std::optional<double> promised = s.quadratic_decrease;
  if (promised && s.loss.value_or(0) >= 0) promised = std::min(1.0, *promised);
  return {.stands = state,
          .reason = s.reason,
          .parameters = s.parameters,
          .loss = s.loss,
          .gradient_norm = s.gradient_norm,
          .h1 = s.h1,
          .h1_residual = s.h1_residual,
          .hn = s.hn,
          .hn_residual = s.hn_residual,
          .quadratic_decrease = promised,
          .probe_decrease = s.probe_decrease,
          .constants = s.constants};
}

Verdict judge(const RunLog& log) { return diagnose(log); }

}  // namespace downhill::detail
