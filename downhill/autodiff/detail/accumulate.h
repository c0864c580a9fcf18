#pragma once
#include "downhill/autodiff/node.h"

namespace downhill::detail {

/// sum += g. Writes into the sum's buffer only if nobody else holds it.
void accumulate(Cotangent& sum, Cotangent&& g, bool create_graph);

/// The cotangent as a gradient of its own: handed over if nobody else holds the buffer, else
/// copied.
Tensor owned(Cotangent&& g, bool create_graph);

}  // namespace downhill::detail
