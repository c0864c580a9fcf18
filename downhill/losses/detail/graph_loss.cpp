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
  explicit GraphLoss(GraphFormula formula) : formula_(std::move(formula)) {}

  const std::string& name() const override { return formula_.name; }
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
    check_floating(formula_.name.c_str(), formula_.inputs[0].c_str(), first);
    for (std::size_t k = 1; k < in.predictions.size(); ++k) {
      check_same_type(formula_.name.c_str(), formula_.inputs[0].c_str(), first,
                      formula_.inputs[k].c_str(), in.predictions[k]);
      check_same_shape(formula_.name.c_str(), formula_.inputs[0].c_str(), first,
                       formula_.inputs[k].c_str(), in.predictions[k]);
    }
    if (!fits_rows(in)) {
      const Tensor each = formula_.each(in.predictions);
      check_weight(formula_.name.c_str(), in, each.shape());
      return each;
    }
    // What has weight 0 is not there: zeros stand in its place, so that a NaN there reaches neither
    // value nor gradient.
    const Tensor& first_row = in.predictions[0];
    std::vector<std::int64_t> sizes(in.weight.shape().begin(), in.weight.shape().end());
    sizes.resize(static_cast<std::size_t>(first_row.rank()), 1);
    const Tensor counts = expand(in.weight.detach().reshape(Shape(sizes)), first_row.shape()) > 0.0;
    const Tensor zeros = Tensor::zeros(first_row.shape(), first_row.type());
    std::vector<Tensor> masked;
    for (const Tensor& x : in.predictions) masked.push_back(where(counts, x, zeros));
    const Tensor each = formula_.each(masked);
    check_weight(formula_.name.c_str(), in, each.shape());
    return each;
  }
  // Whether there are weights that are one per row of the inputs.
  static bool fits_rows(const LossInputs& in) {
    const Shape &whole = in.predictions[0].shape(), empty;
    const Shape& rows = in.weight.defined() ? in.weight.shape() : empty;
    return in.weight.defined() && in.weight.type() == in.predictions[0].type() &&
           rows.rank() <= whole.rank() && std::equal(rows.begin(), rows.end(), whole.begin());
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
