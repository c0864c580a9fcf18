#include "downhill/losses/detail/graph_loss.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/core/error.h"
#include "downhill/losses/detail/weights.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/index.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"

namespace downhill::detail {
namespace {

/// The inputs without the rows of weight 0: those are not there, neither as rows of their own nor
/// as a row's neighbours.
struct Present {
  std::vector<Tensor> predictions, targets;
  Tensor weight;
  Tensor rows;             ///< the kept rows; undefined: all
  std::int64_t count = 0;  ///< rows before
};

/// Rows with a weight above 0; undefined if that is all of them, or the weight is not one of rows.
Tensor kept_rows(const Tensor& weight, std::int64_t rows) {
  if (!weight.defined() || weight.rank() < 1 || weight.size(0) != rows || rows == 0) return {};
  const std::int64_t width = weight.elements() / rows;
  std::vector<std::int64_t> kept;
  with_floating(weight.type(), [&]<class T>() {
    const T* w = weight.data<T>();
    for (std::int64_t i = 0; i < rows; ++i)
      if (std::any_of(w + i * width, w + (i + 1) * width, [](T x) { return x != 0; }))
        kept.push_back(i);
  });
  if (static_cast<std::int64_t>(kept.size()) == rows) return {};
  return kept.empty() ? Tensor::zeros({0}, Type::i64) : Tensor::from(kept);
}

/// Zeros where single values of kept rows have weight 0.
Tensor without_absent(const Tensor& x, const Tensor& weight) {
  if (!weight.defined() || weight.rank() < 2 || weight.rank() > x.rank() ||
      !std::equal(weight.shape().begin(), weight.shape().end(), x.shape().begin()))
    return x;
  std::vector<std::int64_t> sizes(weight.shape().begin(), weight.shape().end());
  sizes.resize(static_cast<std::size_t>(x.rank()), 1);
  const Tensor counts = expand(weight.reshape(Shape(sizes)), x.shape()) > 0.0;
  return where(counts, x, Tensor::zeros(x.shape(), x.type()));
}

class GraphLoss final : public AnyLoss {
 public:
  GraphLoss(GraphFormula formula, Declaration declared)
      : AnyLoss(std::move(declared)), formula_(std::move(formula)) {}

  int predictions() const override { return static_cast<int>(formula_.predictions.size()); }
  int targets() const override { return static_cast<int>(formula_.targets.size()); }

  Tensor apply(const LossInputs& in, Reduction reduction) const override {
    check(in);
    const Present present = without_absent_rows(in);
    if (present.rows.defined() && present.rows.elements() == 0) return nothing(present, reduction);
    Tensor each = formula_.each(present.predictions, present.targets);
    const Type type = in.predictions[0].type();
    const Tensor weight = spread_weight(name(), present.weight, type, each.shape());
    if (weight.defined())
      each = where(weight > 0.0, each, Tensor::zeros(each.shape(), type)) * weight;
    if (reduction == Reduction::each)
      return present.rows.defined() ? scatter_add(each, present.rows, present.count) : each;
    const Tensor total = sum(each);
    if (reduction == Reduction::sum) return total;
    const double count = check_total(name(), weigh(weight, each), type);
    return count > 0 ? total * (1 / count) : total * 0;
  }

  double total_weight(const LossInputs& in) const override {
    check(in);
    const NoGraph none;
    const Present present = without_absent_rows(in);
    if (present.rows.defined() && present.rows.elements() == 0) return 0;
    const Tensor each = formula_.each(present.predictions, present.targets);
    const Type type = in.predictions[0].type();
    return check_total(
        name(), weigh(spread_weight(name(), present.weight, type, each.shape()), each), type);
  }

 private:
  void check(const LossInputs& in) const {
    const char* n = name().c_str();
    const Tensor& first = in.predictions[0];
    const std::string& first_name = formula_.predictions[0];
    check_floating(n, first_name.c_str(), first);
    for (std::size_t k = 1; k < in.predictions.size(); ++k) {
      const std::string& other = formula_.predictions[k];
      check_same_type(n, first_name.c_str(), first, other.c_str(), in.predictions[k]);
      if (!formula_.check)
        check_same_shape(n, first_name.c_str(), first, other.c_str(), in.predictions[k]);
    }
    for (std::size_t k = 0; k < in.targets.size(); ++k) {
      check_defined(n, formula_.targets[k].c_str(), in.targets[k]);
      if (in.targets[k].requires_grad())
        throw_usage(name(), fmt::format("target {} requires a gradient; a loss differentiates "
                                        "predictions only: detach() it",
                                        formula_.targets[k]));
    }
    if (in.weight.defined()) check_weight_values(name(), in.weight, first.type());
    if (formula_.check) formula_.check(in.predictions, in.targets);
  }

  static Present without_absent_rows(const LossInputs& in) {
    Present present;
    present.count = in.predictions[0].rank() > 0 ? in.predictions[0].size(0) : 0;
    const Tensor weight = in.weight.defined() ? in.weight.detach() : Tensor();
    present.rows = kept_rows(weight, present.count);
    const auto kept = [&](const Tensor& x) {
      const bool of_rows = x.defined() && x.rank() > 0 && x.size(0) == present.count;
      return present.rows.defined() && of_rows ? gather(x, present.rows) : x;
    };
    present.weight = kept(weight);
    for (const Tensor& x : in.predictions)
      present.predictions.push_back(without_absent(kept(x), present.weight));
    for (const Tensor& y : in.targets) present.targets.push_back(kept(y));
    return present;
  }

  // No row counts: 0, with gradient 0 for every prediction.
  static Tensor nothing(const Present& present, Reduction reduction) {
    Tensor zero = sum(present.predictions[0]);
    for (std::size_t k = 1; k < present.predictions.size(); ++k)
      zero = zero + sum(present.predictions[k]);
    if (reduction != Reduction::each) return zero;
    const Shape& kept = present.weight.shape();
    return expand(zero, kept.with(0, present.count));
  }

  static double weigh(const Tensor& weight, const Tensor& each) {
    return weight.defined() ? total_of(weight) : static_cast<double>(each.elements());
  }

  GraphFormula formula_;
};

}  // namespace

std::shared_ptr<const AnyLoss> graph_loss(GraphFormula formula, Declaration declared) {
  return std::make_shared<GraphLoss>(std::move(formula), std::move(declared));
}

}  // namespace downhill::detail
