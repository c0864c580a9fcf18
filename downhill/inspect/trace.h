#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "downhill/autodiff/flat.h"
#include "downhill/inspect/estimate.h"

namespace downhill {

struct TraceOptions {
  int products = 60;  ///< of the operator, at most; as many as the dimension make the trace exact
  std::uint64_t seed = 0;
};

/// The trace of a symmetric operator by Hutch++: the part within a random sketch of the operator's
/// range exactly, a third of the products for the sketch and a third for that part, the rest by
/// Hutchinson's estimate with random signs, from which the interval comes. Memory: a third of
/// `products` vectors.
///
/// Source  Meyer, Musco, Musco, Woodruff, Hutch++: optimal stochastic trace estimation, 2021.
/// UsageError: a dimension below 1, fewer than 6 products. NumericError: numbers that are not finite.
Estimate trace(const LinearOperator& symmetric, std::int64_t dimension,
               const TraceOptions& options = {});

/// The traces of the diagonal blocks of such sizes, and of the whole as the last entry, all from the
/// same products: the signs v outside of a block only add noise to the block's own v'Av.
std::vector<Estimate> block_traces(const LinearOperator& symmetric,
                                   std::span<const std::int64_t> sizes,
                                   const TraceOptions& options = {});

}  // namespace downhill
