#pragma once
#include <span>
#include <vector>

#include "downhill/autodiff/parameter.h"
#include "downhill/nn/module.h"
#include "downhill/runlog/records.h"
#include "downhill/train/loss_of.h"

namespace downhill::detail {

/// Whether the dear gauges are read at a step: at 1, 3, 10, 30, 100, ..., so that their cost stays
/// behind.
bool gauges_are_due(std::int64_t step);

/// What one step did to the loss of its own batch, dropout off, at the steps that are due:
///
/// - "alpha": where in the parabola along the step it landed: -1 where it began, 0 at the lowest place,
///   1 as high as it began, on the other side; more: uphill (Schneider, Dangel, Hennig, Cockpit 2021);
///   by the two slopes -f'(t) / f'(0), and absent where the step does not lead down.
/// - "critical_lr": the rate at which that step would have begun to raise the loss, to 1/8; a gradient
///   descent's on a quadratic is 2 / h1. Absent beyond 1,000 times the rate.
///
/// `before`: the parameters' numbers before the step. Parameters, gradients, buffers and mode have their
/// old bits at the end.
NamedNumbers read_gauges(nn::Module& model, std::span<const Parameter> parameters,
                         const std::vector<Tensor>& before, const Batch& batch,
                         const LossOf& loss_of, double lr);

}  // namespace downhill::detail
