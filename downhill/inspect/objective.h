#pragma once
#include <concepts>
#include <functional>
#include <utility>
#include <vector>

#include "downhill/autodiff/flat.h"

namespace downhill {

/// A loss as a function of parameters that it holds itself (leaves): each call computes it anew. It
/// may be a weighted sum of parts, one per chunk of the data, of which one is in memory at a time.
/// It must be deterministic: the same numbers at every call (dropout off).
class Objective {
 public:
  using Part = std::function<Tensor()>;

  template <class F>
  requires std::convertible_to<std::invoke_result_t<F&>, Tensor> Objective(F loss)
      : parts_{Part(std::move(loss))}, weights_{1.0} {}
  /// sum_i weights_i parts_i; without weights their mean.
  explicit Objective(std::vector<Part> parts, std::vector<double> weights = {});

  /// The loss at the parameters' present numbers; nothing is recorded.
  double operator()() const;

  const std::vector<Part>& parts() const { return parts_; }
  const std::vector<double>& weights() const { return weights_; }

 private:
  std::vector<Part> parts_;
  std::vector<double> weights_;
};

/// Value, gradient and Hessian of an objective at the parameters' present numbers.
struct LocalModel {
  double loss = 0;
  std::vector<double> gradient = {};
  /// Stale once a parameter is written to. With one part its graph is kept; with several each
  /// product computes every part's graph again.
  LinearOperator hessian = {};
};

/// UsageError if a parameter is not a leaf, or a part is not one number.
LocalModel local_model(const Objective& objective, const Tensors& parameters);

}  // namespace downhill
