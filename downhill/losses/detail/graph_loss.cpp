#include "downhill/losses/detail/graph_loss.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/core/error.h"
#include "downhill/losses/detail/pointwise_loss.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"

namespace downhill::detail {
namespace {

class GraphLoss final : public AnyLoss {
 public:
  GraphLoss(GraphFormula formula, Declaration declared)
      : AnyLoss(std::move(declared)), formula_(std::move(formula)) {}

  int predictions() const override { return static_cast<int>(formula_.inputs.size()); }
  bool has_target() const override { return false; }

  Tensor apply(const LossInputs& in, Reduction reduction) const override {
    Tensor each = evaluate(in);
    if (in.weight.defined()) {
      const Tensor counts = in.weight > 0.0;
      each = where(counts, each, Tensor::zeros(each.shape(), each.type())) * in.weight;
    }
    if (reduction == Reduction::each) return each;
    const Tensor total = sum(each);
    if (reduction == Reduction::sum) return total;
    const double weight = weigh(in, each);
    return weight > 0 ? total * (1 / weight) : total * 0;
  }

  double total_weight(const LossInputs& in) const override { return weigh(in, evaluate(in)); }

 private:
  Tensor evaluate(const LossInputs& in) const {
    const Tensor& first = in.predictions[0];
    check_floating(name().c_str(), formula_.inputs[0].c_str(), first);
    for (std::size_t k = 1; k < in.predictions.size(); ++k) {
      check_same_type(name().c_str(), formula_.inputs[0].c_str(), first, formula_.inputs[k].c_str(),
                      in.predictions[k]);
      check_same_shape(name().c_str(), formula_.inputs[0].c_str(), first,
                       formula_.inputs[k].c_str(), in.predictions[k]);
    }
    const Tensor each = formula_.each(present(in));
    check_weight(name().c_str(), in, each.shape());
    return each;
  }
  // The predictions, with zeros in place of rows of weight 0: what has weight 0 is not there, so a
  // NaN in it must reach neither value nor gradient. Weights that are not one per row are left to
  // `check_weight`.
  static std::vector<Tensor> present(const LossInputs& in) {
    std::vector<Tensor> rows(in.predictions.begin(), in.predictions.end());
    if (!in.weight.defined() || in.weight.type() != rows[0].type()) return rows;
    const Shape &weights = in.weight.shape(), &whole = rows[0].shape();
    if (weights.rank() > whole.rank() || !std::equal(weights.begin(), weights.end(), whole.begin()))
      return rows;
    std::vector<std::int64_t> sizes(weights.begin(), weights.end());
    sizes.resize(static_cast<std::size_t>(whole.rank()), 1);
    const Tensor counts = expand(in.weight.detach().reshape(Shape(sizes)), whole) > 0.0;
    const Tensor zeros = Tensor::zeros(whole, rows[0].type());
    for (Tensor& x : rows) x = where(counts, x, zeros);
    return rows;
  }
  double weigh(const LossInputs& in, const Tensor& each) const {
    return in.weight.defined() ? sum(in.weight.detach()).item()
                               : static_cast<double>(each.elements());
  }

  GraphFormula formula_;
};

}  // namespace

std::shared_ptr<const AnyLoss> graph_loss(GraphFormula formula, Declaration declared) {
  return std::make_shared<GraphLoss>(std::move(formula), std::move(declared));
}

}  // namespace downhill::detail
