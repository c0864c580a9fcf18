#include <algorithm>

#include "downhill/core/random.h"
#include "downhill/data/batches.h"
#include "downhill/doctor/doctor.h"
#include "downhill/train/detail/explain.h"

namespace downhill::detail {

Dataset sample(const Dataset& rows, std::int64_t count, std::uint64_t seed) {
  if (rows.size() <= count) return rows;
  const double share = static_cast<double>(count) / static_cast<double>(rows.size());
  const std::vector<double> parts = {share, 1 - share};
  return rows.subset(split(rows.size(), parts, seed)[0]);
}

Stands measure(nn::Module& model, const Dataset& rows, const LossOf& loss_of,
               const StationarityOptions& options) {
  const bool was_training = model.training();
  model.eval();
  Tensors leaves;
  for (const Parameter& p : model.parameters()) leaves.push_back(p.tensor);
  const Batch all = rows.all();
  Stands stands = stationarity(Objective([&] { return loss_of(all); }), leaves, options);
  model.train(was_training);
  for (Tensor& leaf : leaves) leaf.zero_grad();
  return stands;
}

StandsRecord record_of(const Stands& s) {
  return {.stands = s.stands,
          .reason = s.reason,
          .parameters = s.parameters,
          .loss = s.loss,
          .gradient_norm = s.gradient_norm,
          .h1 = s.h1,
          .h1_residual = s.h1_residual,
          .hn = s.hn,
          .hn_residual = s.hn_residual,
          .quadratic_decrease = s.quadratic_decrease,
          .probe_decrease = s.probe_decrease,
          .constants = s.constants};
}

Verdict judge(const RunLog& log) { return diagnose(log); }

}  // namespace downhill::detail
