#pragma once
#include "downhill/autodiff/node.h"

namespace downhill::detail {

/// The operation whose backward is under way, for messages.
const char* current_operation() noexcept;

/// Tells a `first_non_finite` under way, if there is one, what an operation's backward has made.
void watch_slopes(const char* operation, std::span<const Cotangent> slopes);

struct Pass {
  bool retain_graph = false;  ///< keep what was saved for another pass
  bool create_graph = false;  ///< record the pass itself (implies retain_graph)
};

/// The reverse pass from `roots`, each with its cotangent. With an empty `captured` gradients are
/// added to the leaves' `grad`; else only the cotangents of `captured` are returned in `results`
/// (undefined where no root depends on one), and leaves stay untouched.
void run_backward(std::span<const Tensor> roots, std::span<const Tensor> seeds, Pass pass,
                  std::span<const Tensor> captured = {}, std::span<Tensor> results = {});

}  // namespace downhill::detail
