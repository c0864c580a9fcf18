#include "downhill/losses/detail/pointwise_loss.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/core/parallel.h"

namespace downhill::detail {
namespace {

using Index = std::int64_t;

class PointwiseLoss final : public FusedLoss {
 public:
  PointwiseLoss(std::shared_ptr<const Pointwise> formula, Declaration declared)
      : FusedLoss(std::move(declared)),
        formula_(std::move(formula)),
        inputs_(formula_->inputs()),
        moving_(formula_->moving()) {}

  int predictions() const override { return moving_; }
  bool has_target() const override { return inputs_ > moving_; }

  void check(const LossInputs& in) const override {
    check_alike(name().c_str(), in);
    check_weight(name().c_str(), in, in.predictions[0].shape());
  }
  Shape items(const LossInputs& in) const override { return in.predictions[0].shape(); }
  Tensor per_item(const Tensor& elementwise, const LossInputs&) const override {
    return elementwise;
  }

  double forward(const LossInputs& in, double scale, const Tensor& each,
                 std::span<const Tensor> gradients) const override {
    return with_floating(in.predictions[0].type(),
                         [&]<class T>() { return run<T>(in, scale, each, gradients); });
  }

  void curvature(const LossInputs& in, double scale, std::span<const Tensor> u,
                 std::span<const Tensor> out) const override {
    with_floating(in.predictions[0].type(), [&]<class T>() {
      const auto inputs = pointers<T>(in);
      const T* weight = in.weight.defined() ? in.weight.data<T>() : nullptr;
      parallel_blocks(in.predictions[0].elements(), [&](Index begin, Index end) {
        std::array<const T*, kInputs> x{}, direction{};
        std::array<T*, kInputs> to{};
        for (std::size_t k = 0; k < count(); ++k) x[k] = inputs[k] + begin;
        for (std::size_t k = 0; k < u.size(); ++k) {
          if (u[k].defined()) direction[k] = u[k].template data<T>() + begin;
          if (out[k].defined()) to[k] = out[k].template data<T>() + begin;
        }
        formula_->curvature(x.data(), weight != nullptr ? weight + begin : nullptr,
                            static_cast<T>(scale), direction.data(), to.data(), nullptr,
                            end - begin);
        if (weight != nullptr)
          for (T* product : to) mask(weight + begin, product, end - begin);
      });
    });
  }

 private:
  static constexpr std::size_t kInputs = 4;

  std::size_t count() const { return static_cast<std::size_t>(inputs_); }

  template <class T>
  std::array<const T*, kInputs> pointers(const LossInputs& in) const {
    std::array<const T*, kInputs> p{};
    std::size_t k = 0;
    for (const Tensor& prediction : in.predictions) p[k++] = prediction.data<T>();
    if (has_target()) p[k] = in.target.data<T>();
    return p;
  }

  template <class T>
  double run(const LossInputs& in, double scale, const Tensor& each,
             std::span<const Tensor> gradients) const {
    const auto inputs = pointers<T>(in);
    const T* weight = in.weight.defined() ? in.weight.data<T>() : nullptr;
    const Index n = in.predictions[0].elements();
    const bool stream = n * static_cast<Index>(sizeof(T)) * 3 > last_level_cache();
    const auto block = [&](Index begin, Index end) {
      std::array<const T*, kInputs> x{};
      std::array<T*, kInputs> to{};
      for (std::size_t k = 0; k < count(); ++k) x[k] = inputs[k] + begin;
      for (std::size_t k = 0; k < gradients.size(); ++k)
        if (gradients[k].defined()) to[k] = gradients[k].template data<T>() + begin;
      T* value = each.defined() ? each.data<T>() + begin : nullptr;
      if (weight != nullptr)
        return weighted(x.data(), weight + begin, static_cast<T>(scale), value, to, end - begin);
      return static_cast<double>(formula_->slopes(x.data(), nullptr, static_cast<T>(scale), value,
                                                  to.data(), stream, end - begin));
    };
    if (n == 0) return 0;
    if (n <= kBlock) return block(0, n);
    const Tensor partial = Tensor::empty({blocks(n)}, Type::f64);
    double* sums = partial.data<double>();
    parallel_blocks(n, [&](Index begin, Index end) { sums[begin / kBlock] = block(begin, end); });
    if (stream) fence_streams();
    double total = 0;
    for (const double s : partial.values<double>()) total += s;
    return total;
  }

  // One block with weights. What has weight 0 is not there: a NaN in its place does not count.
  template <class T>
  double weighted(const T* const* x, const T* weight, T scale, T* each,
                  const std::array<T*, kInputs>& to, Index n) const {
    const Tensor scratch = Tensor::empty({n}, type_of<T>);
    T* value = each != nullptr ? each : scratch.data<T>();
    formula_->slopes(x, weight, scale, value, to.data(), false, n);
    T sum[4] = {0, 0, 0, 0};
    for (Index i = 0; i < n; ++i) {
      value[i] = weight[i] == 0 ? T(0) : weight[i] * value[i];
      sum[i & 3] += value[i];
    }
    for (T* slope : to) mask(weight, slope, n);
    return static_cast<double>((sum[0] + sum[2]) + (sum[1] + sum[3]));
  }

  template <class T>
  static void mask(const T* weight, T* numbers, Index n) {
    if (weight == nullptr || numbers == nullptr) return;
    for (Index i = 0; i < n; ++i)
      if (weight[i] == 0) numbers[i] = 0;
  }

  std::shared_ptr<const Pointwise> formula_;
  int inputs_, moving_;
};

}  // namespace

std::shared_ptr<const AnyLoss> pointwise_loss(std::shared_ptr<const Pointwise> formula,
                                              Declaration declared) {
  if (formula->inputs() > 3 || formula->moving() > 2)
    throw_usage(formula->name(), "a loss has at most two predictions and one target");
  return std::make_shared<PointwiseLoss>(std::move(formula), std::move(declared));
}

void check_alike(const char* name, const LossInputs& in) {
  const Tensor& first = in.predictions[0];
  check_floating(name, "prediction", first);
  for (const Tensor& other : in.predictions.subspan(1)) {
    check_same_type(name, "prediction", first, "another prediction", other);
    check_same_shape(name, "prediction", first, "another prediction", other);
  }
  if (!in.target.defined()) return;
  if (in.target.requires_grad())
    throw_usage(name,
                "target requires a gradient; a loss differentiates predictions only: detach() it");
  check_same_type(name, "prediction", first, "target", in.target);
  check_same_shape(name, "prediction", first, "target", in.target);
}

void check_weight(const char* name, const LossInputs& in, const Shape& items) {
  if (!in.weight.defined()) return;
  check_same_type(name, "prediction", in.predictions[0], "weight", in.weight);
  if (!(in.weight.shape() == items))
    throw_usage(name,
                fmt::format("weight has shape {}; expected {}, one for each value of the loss",
                            in.weight.shape().text(), items.text()));
  with_floating(in.weight.type(), [&]<class T>() {
    const auto values = in.weight.values<T>();
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!(values[i] >= 0 && std::isfinite(values[i])))
        throw_usage(name,
                    fmt::format("weight[{}] = {} is negative, infinite or NaN", i, values[i]));
  });
}

}  // namespace downhill::detail
