#include "downhill/losses/detail/graph_loss.h"

#include <fmt/format.h>

#include "downhill/core/error.h"
#include "downhill/losses/detail/pointwise_loss.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/reduce.h"

namespace downhill::detail {
namespace {

class GraphLoss final : public AnyLoss {
 public:
  explicit GraphLoss(GraphFormula formula) : formula_(std::move(formula)) {}

  const std::string& name() const override { return formula_.name; }
  int predictions() const override { return static_cast<int>(formula_.inputs.size()); }
  bool has_target() const override { return false; }

  Tensor apply(const LossInputs& in, Reduction reduction) const override {
    Tensor each = evaluate(in);
    if (in.weight.defined()) each = each * in.weight;
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
    check_floating(formula_.name.c_str(), formula_.inputs[0].c_str(), first);
    for (std::size_t k = 1; k < in.predictions.size(); ++k) {
      check_same_type(formula_.name.c_str(), formula_.inputs[0].c_str(), first,
                      formula_.inputs[k].c_str(), in.predictions[k]);
      check_same_shape(formula_.name.c_str(), formula_.inputs[0].c_str(), first,
                       formula_.inputs[k].c_str(), in.predictions[k]);
    }
    Tensor each = formula_.each(in.predictions);
    check_weight(formula_.name.c_str(), in, each.shape());
    return each;
  }
  double weigh(const LossInputs& in, const Tensor& each) const {
    return in.weight.defined() ? sum(in.weight.detach()).item()
                               : static_cast<double>(each.elements());
  }

  GraphFormula formula_;
};

}  // namespace

std::shared_ptr<const AnyLoss> graph_loss(GraphFormula formula) {
  return std::make_shared<GraphLoss>(std::move(formula));
}

}  // namespace downhill::detail
