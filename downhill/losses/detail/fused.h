#pragma once
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "downhill/losses/detail/declaration.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// How the values of a loss's items (elements, rows, regions) become the result.
enum class Reduction { mean, sum, each };

namespace detail {

/// Predictions and targets of one call at most.
inline constexpr std::size_t kMaxTensors = 4;

/// What a loss is called with: predictions, targets (none if the loss has none) and a weight
/// (undefined: all 1), of the shape of the items or of their leading axes.
struct LossInputs {
  std::span<const Tensor> predictions;
  std::span<const Tensor> targets;
  const Tensor& weight;

  const Tensor& target() const {
    static const Tensor none;
    return targets.empty() ? none : targets[0];
  }
};

/// What a `Loss` holds.
class AnyLoss {
 public:
  explicit AnyLoss(Declaration declared) : declared_(std::move(declared)) {}
  virtual ~AnyLoss() = default;
  const Declaration& declared() const { return declared_; }
  const std::string& name() const { return declared_.name; }
  virtual int predictions() const = 0;
  virtual int targets() const = 0;
  /// Whether several predictions may also come as the columns of one tensor.
  virtual bool packs() const { return false; }
  virtual bool takes_labels() const { return false; }
  virtual Tensor apply(const LossInputs& in, Reduction reduction) const = 0;
  /// What the mean divides by.
  virtual double total_weight(const LossInputs& in) const = 0;

 private:
  Declaration declared_;
};

using LossPtr = std::shared_ptr<const AnyLoss>;

/// A loss whose value and gradient come out of one pass: a single graph node that keeps its
/// gradient buffer. Its gradient is itself a node, whose pullback is the Hessian times a vector.
class FusedLoss : public AnyLoss, public std::enable_shared_from_this<FusedLoss> {
 public:
  using AnyLoss::AnyLoss;
  Tensor apply(const LossInputs& in, Reduction reduction) const final;
  double total_weight(const LossInputs& in) const final;

  /// Refuses predictions and targets that do not fit; called before anything is touched. The
  /// weight is checked and spread over the items by `apply` itself, for all losses.
  virtual void check(const LossInputs& in) const = 0;
  /// The shape of `each`.
  virtual Shape items(const LossInputs& in) const = 0;
  /// Sum of w_i L_i. `each`, if defined, gets w_i L_i. gradients[k], where defined, gets
  /// scale * d(sum) / d prediction k.
  virtual double forward(const LossInputs& in, double scale, const Tensor& each,
                         std::span<const Tensor> gradients) const = 0;
  /// out[k] (where defined) = scale * Hessian of the sum, times u (undefined parts are 0).
  virtual void curvature(const LossInputs& in, double scale, std::span<const Tensor> u,
                         std::span<const Tensor> out) const = 0;
  /// Sums what has the predictions' shape into the shape of `each`.
  virtual Tensor per_item(const Tensor& elementwise, const LossInputs& in) const = 0;
  /// The sum of the weights of the items: of those given, times those that the loss itself gives
  /// (class weights, ignored rows).
  virtual double weigh(const LossInputs& in) const;

 private:
  Tensor checked(const LossInputs& in) const;
};

}  // namespace detail
}  // namespace downhill
