#include "downhill/losses/detail/row_loss.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/core/error.h"
#include "downhill/core/parallel.h"
#include "downhill/losses/detail/pointwise_loss.h"
#include "downhill/ops/reduce.h"

namespace downhill::detail {
namespace {

using Index = std::int64_t;

class RowLoss final : public FusedLoss {
 public:
  RowLoss(std::shared_ptr<const RowFormula> formula, Declaration declared)
      : FusedLoss(std::move(declared)), formula_(std::move(formula)) {}

  int predictions() const override { return 1; }
  bool has_target() const override { return true; }
  bool takes_labels() const override { return true; }

  void check(const LossInputs& in) const override {
    const char* n = name().c_str();
    const Tensor& x = in.predictions[0];
    check_floating(n, "prediction", x);
    check_defined(n, "target", in.target);
    if (x.rank() < 1 || x.size(-1) == 0)
      throw_usage(n, "prediction has shape " + x.shape().text() + "; expected (..., classes)");
    if (in.target.requires_grad())
      throw_usage(
          n, "target requires a gradient; a loss differentiates predictions only: detach() it");
    const Shape rows = x.shape().without(x.rank() - 1);
    const bool labels = in.target.type() == Type::i64;
    if (!labels && in.target.type() != x.type())
      throw_usage(
          n, fmt::format("target has type {}; expected int64 labels or soft targets of type {}",
                         name_of(in.target.type()), name_of(x.type())));
    const Shape& expected = labels ? rows : x.shape();
    if (!(in.target.shape() == expected))
      throw_usage(n,
                  fmt::format("prediction has shape {} but target has shape {}; expected {} for {}",
                              x.shape().text(), in.target.shape().text(), expected.text(),
                              labels ? "labels" : "soft targets"));
    check_weight(n, in, rows);
    formula_->check(in, x.size(-1));
  }

  Shape items(const LossInputs& in) const override {
    return in.predictions[0].shape().without(in.predictions[0].rank() - 1);
  }
  Tensor per_item(const Tensor& elementwise, const LossInputs&) const override {
    return sum(elementwise, -1);
  }

  double weigh(const LossInputs& in) const override {
    return with_floating(in.predictions[0].type(), [&]<class T>() {
      double total = 0;
      for (Index i = 0; i < items(in).elements(); ++i)
        total += formula_->weight(target<T>(in, i)) * sample<T>(in, i);
      return total;
    });
  }

  double forward(const LossInputs& in, double scale, const Tensor& each,
                 std::span<const Tensor> gradients) const override {
    return with_floating(in.predictions[0].type(), [&]<class T>() {
      const bool wanted = !gradients.empty() && gradients[0].defined();
      T* gradient = wanted ? gradients[0].template data<T>() : nullptr;
      const Rows rows(in.predictions[0]);
      Tensor partial = Tensor::empty({std::max<Index>(1, rows.blocks)}, Type::f64);
      partial.fill(0);
      rows.each_block([&](Index block, Index begin, Index end) {
        const Tensor scratch = Tensor::empty({rows.classes}, type_of<T>);
        double sum = 0;
        for (Index i = begin; i < end; ++i) {
          const T w = static_cast<T>(sample<T>(in, i));
          const auto y = target<T>(in, i);
          T* slope = gradient != nullptr ? gradient + i * rows.classes : nullptr;
          T value = 0;
          if (formula_->weight(y) > 0 && w != 0)
            value = w * formula_->row(in.predictions[0].data<T>() + i * rows.classes, y,
                                      static_cast<T>(scale) * w, slope, scratch.data<T>());
          else if (slope != nullptr) std::fill_n(slope, rows.classes, T(0));
          if (each.defined()) each.data<T>()[i] = value;
          sum += static_cast<double>(value);
        }
        partial.data<double>()[block] = sum;
      });
      double total = 0;
      for (const double s : partial.values<double>()) total += s;
      return total;
    });
  }

  void curvature(const LossInputs& in, double scale, std::span<const Tensor> u,
                 std::span<const Tensor> out) const override {
    if (!out[0].defined()) return;
    with_floating(in.predictions[0].type(), [&]<class T>() {
      const Rows rows(in.predictions[0]);
      rows.each_block([&](Index, Index begin, Index end) {
        const Tensor scratch = Tensor::empty({2 * rows.classes}, type_of<T>);
        for (Index i = begin; i < end; ++i) {
          const double w = sample<T>(in, i);
          const auto y = target<T>(in, i);
          T* to = out[0].template data<T>() + i * rows.classes;
          if (formula_->weight(y) > 0 && w != 0)
            formula_->curvature(in.predictions[0].data<T>() + i * rows.classes, y,
                                static_cast<T>(scale * w),
                                u[0].template data<T>() + i * rows.classes, to, scratch.data<T>());
          else std::fill_n(to, rows.classes, T(0));
        }
      });
    });
  }

 private:
  /// Rows in fixed blocks of about 4,096 elements.
  struct Rows {
    explicit Rows(const Tensor& x)
        : classes(x.size(-1)),
          count(x.elements() / classes),
          step(std::max<Index>(1, kBlock / classes)),
          blocks(downhill::blocks(count, step)) {}
    template <class Body>
    void each_block(Body&& body) const {
      parallel_for(blocks, count * classes >= kParallelThreshold / 4, [&](Index block) {
        body(block, block * step, std::min(count, (block + 1) * step));
      });
    }
    Index classes, count, step, blocks;
  };

  template <class T>
  static RowTargetData<T> target(const LossInputs& in, Index i) {
    const Index classes = in.predictions[0].size(-1);
    if (in.target.type() == Type::i64) return {in.target.data<Index>() + i, nullptr, classes};
    return {nullptr, in.target.data<T>() + i * classes, classes};
  }
  template <class T>
  static double sample(const LossInputs& in, Index i) {
    return in.weight.defined() ? static_cast<double>(in.weight.data<T>()[i]) : 1;
  }

  std::shared_ptr<const RowFormula> formula_;
};

}  // namespace

std::shared_ptr<const AnyLoss> row_loss(std::shared_ptr<const RowFormula> formula,
                                        Declaration declared) {
  return std::make_shared<RowLoss>(std::move(formula), std::move(declared));
}

void check_labels(const std::string& name, const Tensor& labels, std::int64_t classes,
                  std::optional<std::int64_t> ignored) {
  const auto all = labels.values<std::int64_t>();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i] != ignored && (all[i] < 0 || all[i] >= classes))
      throw_usage(name,
                  fmt::format("target[{}] = {} is outside [0, {}){}", i, all[i], classes,
                              ignored ? fmt::format(" and is not ignore_index {}", *ignored) : ""));
}

}  // namespace downhill::detail
