#include "downhill/losses/detail/fused.h"

#include <fmt/format.h>

#include <array>

#include "downhill/autodiff/node.h"
#include "downhill/core/error.h"
#include "downhill/losses/detail/weights.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/reduce.h"

namespace downhill::detail {
namespace {

constexpr std::size_t kMax = kMaxTensors;

using FusedPtr = std::shared_ptr<const FusedLoss>;

/// The inputs as a backward pass keeps them.
struct Kept {
  Kept(const FusedPtr& fused, const LossInputs& in) : loss(fused), count(in.predictions.size()) {
    for (std::size_t k = 0; k < count; ++k) predictions[k] = Saved(in.predictions[k]);
    if (in.target().defined()) target = Saved(in.target());
    if (in.weight.defined()) weight = Saved(in.weight);
  }
  /// Lets go of the tensors.
  void drop() noexcept {
    for (std::size_t k = 0; k < count; ++k) predictions[k] = Saved();
    target = weight = Saved();
  }
  FusedPtr loss;
  std::size_t count;
  std::array<Saved, kMax> predictions;
  Saved target, weight;
};

/// Kept inputs as tensors again; a changed one throws here.
struct Reopened {
  explicit Reopened(const Kept& kept) : target(kept.target()), weight(kept.weight()) {
    for (std::size_t k = 0; k < kept.count; ++k) predictions[k] = kept.predictions[k]();
    count = kept.count;
  }
  LossInputs inputs() const { return weighted(weight); }
  LossInputs weighted(const Tensor& other) const {
    return {std::span(predictions).first(count),
            {&target, static_cast<std::size_t>(target.defined())},
            other};
  }
  std::array<Tensor, kMax> predictions;
  Tensor target, weight;
  std::size_t count;
};

std::array<Tensor, kMax> like(std::span<const Tensor> predictions, auto wanted) {
  std::array<Tensor, kMax> result;
  for (std::size_t k = 0; k < predictions.size(); ++k)
    if (wanted(k)) result[k] = Tensor::empty(predictions[k].shape(), predictions[k].type());
  return result;
}

[[noreturn]] void refuse_third(const FusedLoss& loss) {
  throw_usage(loss.name(),
              "a third derivative of a loss is not available; detach() what need not "
              "be differentiated");
}

// Records `gradient` = g * plain as an operation on (predictions..., g).
void record_gradient(const Kept& kept, const Reopened& in, Tensor& gradient, const Saved& plain,
                     const Tensor& g, std::size_t k, double scale) {
  std::array<const Tensor*, kMax + 1> sources{};
  for (std::size_t j = 0; j < in.count; ++j) sources[j] = &in.predictions[j];
  sources[in.count] = &g;
  record(kept.loss->name().c_str(), gradient, std::span(sources).first(in.count + 1),
         [kept, plain, upstream = Saved(g), k, scale](const Cotangent& h, Cotangents& out) {
           if (recording()) refuse_third(*kept.loss);
           const Reopened again(kept);
           const auto n = again.count;
           const Tensor& factor = upstream();
           const bool one = factor.rank() == 0;
           const auto wanted = [&](std::size_t j) { return out.wanted(static_cast<int>(j)); };
           const auto results = like(again.inputs().predictions, wanted);
           std::array<Tensor, kMax> u;
           u[k] = h.tensor;
           const Tensor weight = one                      ? again.weight
                                 : again.weight.defined() ? factor * again.weight
                                                          : factor;
           kept.loss->curvature(again.weighted(weight), scale * h.scale * (one ? factor.item() : 1),
                                std::span(u).first(n), std::span(results).first(n));
           for (std::size_t j = 0; j < n; ++j)
             if (results[j].defined()) out.set(static_cast<int>(j), results[j]);
           if (!out.wanted(static_cast<int>(n))) return;
           const Tensor product = h.tensor * plain();
           out.set(static_cast<int>(n),
                   one ? sum(product) : kept.loss->per_item(product, again.inputs()), h.scale);
         });
}

// The pullback of a mean or sum: the kept gradients times a scalar, which travels beside them.
void pull_scalar(const Kept& kept, const std::array<Saved, kMax>& gradients, double scale,
                 const Cotangent& g, Cotangents& out) {
  if (!recording()) {
    const double factor = g.scale * g.tensor.item();
    for (std::size_t k = 0; k < kept.count; ++k)
      if (out.wanted(static_cast<int>(k))) out.set(static_cast<int>(k), gradients[k](), factor);
    return;
  }
  const Reopened in(kept);
  const Tensor upstream = g.value();
  for (std::size_t k = 0; k < kept.count; ++k) {
    if (!out.wanted(static_cast<int>(k))) continue;
    const Tensor& plain = gradients[k]();
    const double factor = upstream.item();
    // Nobody writes into the result of a recorded operation: 1 times it may share its numbers.
    Tensor gradient = factor == 1 ? plain.detach() : affine(plain, factor, 0);
    record_gradient(kept, in, gradient, gradients[k], upstream, k, scale);
    out.set(static_cast<int>(k), gradient);
  }
}

/// The node of a mean or sum. It is made in place: a closure would move all that it keeps.
class ScalarNode final : public Node {
 public:
  ScalarNode(const FusedPtr& loss, const LossInputs& in, std::span<const Tensor* const> inputs,
             const std::array<Tensor, kMax>& gradients, double scale)
      : Node(loss->name().c_str(), inputs), kept_(loss, in), scale_(scale) {
    for (std::size_t k = 0; k < kept_.count; ++k)
      if (gradients[k].defined()) gradients_[k] = Saved(gradients[k]);
  }
  void vjp(const Cotangent& g, Cotangents& out) override {
    pull_scalar(kept_, gradients_, scale_, g, out);
  }
  void drop_saved() noexcept override {
    kept_.drop();  // but for the loss, whose name is the node's
    for (std::size_t k = 0; k < kept_.count; ++k) gradients_[k] = Saved();
  }
  std::size_t bytes() const noexcept override { return sizeof(*this); }

 private:
  Kept kept_;
  std::array<Saved, kMax> gradients_;
  double scale_;
};

// The pullback of `each`: the upstream gradients are weights.
void pull_each(const Kept& kept, const Cotangent& g, Cotangents& out) {
  const Reopened in(kept);
  const Tensor upstream = g.value();
  const Tensor plain_upstream = upstream.detach();
  const Tensor weight = in.weight.defined() ? plain_upstream * in.weight.detach() : plain_upstream;
  const auto wanted = [&](std::size_t k) { return out.wanted(static_cast<int>(k)); };
  auto gradients = like(in.inputs().predictions, wanted);
  kept.loss->forward(in.weighted(weight), 1, {}, std::span(gradients).first(in.count));
  for (std::size_t k = 0; k < in.count; ++k) {
    if (!wanted(k)) continue;
    if (recording()) {
      auto plain = like(in.inputs().predictions, [&](std::size_t j) { return j == k; });
      kept.loss->forward(in.inputs(), 1, {}, std::span(plain).first(in.count));
      record_gradient(kept, in, gradients[k], Saved(plain[k]), upstream, k, 1);
    }
    out.set(static_cast<int>(k), gradients[k]);
  }
}

}  // namespace

double FusedLoss::weigh(const LossInputs& in) const {
  return in.weight.defined() ? total_of(in.weight) : static_cast<double>(items(in).elements());
}

Tensor FusedLoss::checked(const LossInputs& in) const {
  check(in);
  if (in.target().defined() && in.target().requires_grad())
    throw_usage(name(),
                "target requires a gradient; a loss differentiates predictions only: detach() it");
  if (!in.weight.defined()) return {};
  return spread_weight(name(), in.weight, in.predictions[0].type(), items(in));
}

double FusedLoss::total_weight(const LossInputs& in) const {
  const Tensor weight = checked(in);
  return check_total(name(), weigh({in.predictions, in.targets, weight}), in.predictions[0].type());
}

Tensor FusedLoss::apply(const LossInputs& given, Reduction reduction) const {
  const Tensor weight = checked(given);
  const LossInputs in{given.predictions, given.targets, weight};
  const Type type = in.predictions[0].type();
  double scale = 1;
  if (reduction == Reduction::mean) {
    const double total = check_total(name(), weigh(in), type);
    scale = total > 0 ? 1 / total : 0;  // nothing counts: loss 0, gradient 0
  }
  bool track = false;
  std::array<const Tensor*, kMax> sources{};
  for (std::size_t k = 0; k < in.predictions.size(); ++k) {
    sources[k] = &in.predictions[k];
    track = track || (recording() && in.predictions[k].requires_grad());
  }
  const std::span<const Tensor* const> inputs(sources.data(), in.predictions.size());
  if (reduction == Reduction::each) {
    Tensor each = Tensor::empty(items(in), type);
    forward(in, 1, each, {});
    if (track) {
      record(name().c_str(), each, inputs,
             [kept = Kept(shared_from_this(), in)](const Cotangent& g, Cotangents& out) {
               pull_each(kept, g, out);
             });
    }
    return each;
  }
  std::array<Tensor, kMax> gradients;
  if (track)
    for (std::size_t k = 0; k < inputs.size(); ++k)
      if (const Tensor& x = in.predictions[k]; x.requires_grad())
        gradients[k] = Tensor::empty(x.shape(), type);
  const double value = forward(
      in, scale, {},
      track ? std::span<const Tensor>(gradients).first(inputs.size()) : std::span<const Tensor>());
  Tensor result = Tensor::scalar(scale == 0 ? 0 : value * scale, type);
  if (track) attach(result, new ScalarNode(shared_from_this(), in, inputs, gradients, scale));
  return result;
}

}  // namespace downhill::detail
