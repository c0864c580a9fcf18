#include "downhill/losses/detail/link_loss.h"

#include <algorithm>

#include "downhill/losses/detail/class_axis.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/softmax.h"

namespace downhill::detail {
namespace {

using Index = std::int64_t;

Declaration with_takes(Declaration declared, Takes takes) {
  declared.takes = {takes};
  return declared;
}

class LinkLoss final : public AnyLoss {
 public:
  LinkLoss(std::shared_ptr<const AnyLoss> of, From from)
      : AnyLoss(with_takes(of->declared(), takes_of(from))), of_(std::move(of)), from_(from) {}

  int predictions() const override { return 1; }
  int targets() const override { return of_->targets(); }
  bool takes_labels() const override { return of_->takes_labels(); }

  Tensor apply(const LossInputs& in, Reduction reduction) const override {
    const Tensor& x = in.predictions[0];
    check_floating(name().c_str(), "prediction", x);
    int axis = -1;
    if (from_ == From::class_logits) axis = class_axis(name(), in, rules());
    else of_->total_weight(in);  // refuses what does not fit before anything is computed
    const Tensor present = masked(in, axis);
    const Tensor p = from_ == From::logit ? sigmoid(present) : softmax(present, axis);
    return of_->apply({{&p, 1}, in.targets, in.weight}, reduction);
  }
  double total_weight(const LossInputs& in) const override { return of_->total_weight(in); }

 private:
  const ClassRules& rules() const { return declared().rules; }

  // Zeros where nothing counts: a NaN there would come back through the link's slope, as 0 * NaN.
  Tensor masked(const LossInputs& in, int axis) const {
    const Tensor& x = in.predictions[0];
    const bool ignores = axis >= 0 && rules().ignore_index && in.target().type() == Type::i64;
    if (!ignores && !in.weight.defined()) return x;
    const Tensor counts = Tensor::full(x.shape(), 1, Type::u8);
    if (ignores) clear_ignored(in, axis, counts);
    if (in.weight.defined()) clear_unweighted(in, counts);
    return where(counts, x, Tensor::zeros(x.shape(), x.type()));
  }
  void clear_ignored(const LossInputs& in, int axis, const Tensor& counts) const {
    const Shape& shape = counts.shape();
    Index inner = 1;
    for (int a = axis + 1; a < shape.rank(); ++a) inner *= shape[a];
    const auto labels = in.target().values<Index>();
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (labels[i] != *rules().ignore_index) continue;
      const auto at = static_cast<Index>(i);
      const Index begin = at / inner * shape[axis] * inner + at % inner;
      for (Index c = 0; c < shape[axis]; ++c) counts.data<std::uint8_t>()[begin + c * inner] = 0;
    }
  }
  static void clear_unweighted(const LossInputs& in, const Tensor& counts) {
    const Tensor& weight = in.weight;
    if (weight.rank() < 1 || counts.rank() < 1 || weight.size(0) != counts.size(0)) return;
    const Index rows = counts.size(0), width = rows > 0 ? counts.elements() / rows : 0,
                weights = rows > 0 ? weight.elements() / rows : 0;
    with_floating(weight.type(), [&]<class T>() {
      for (Index i = 0; i < rows; ++i) {
        const T* w = weight.data<T>() + i * weights;
        if (std::all_of(w, w + weights, [](T v) { return v == 0; }))
          std::fill_n(counts.data<std::uint8_t>() + i * width, width, std::uint8_t{0});
      }
    });
  }

  std::shared_ptr<const AnyLoss> of_;
  From from_;
};

}  // namespace

std::shared_ptr<const AnyLoss> link_loss(std::shared_ptr<const AnyLoss> of, From from) {
  if (from == From::probability) return of;
  return std::make_shared<LinkLoss>(std::move(of), from);
}

}  // namespace downhill::detail
