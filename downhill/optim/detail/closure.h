#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "downhill/autodiff/functional.h"
#include "downhill/autodiff/graph_again.h"
#include "downhill/autodiff/parameter.h"
#include "downhill/optim/context.h"

namespace downhill::detail {

/// The user's loss, evaluated and differentiated at the parameters' present values.
class Closure final : public Context::Evaluator {
 public:
  Closure(const std::function<Tensor()>& loss, std::vector<Parameter>& parameters)
      : loss_(loss), parameters_(parameters) {}

  double evaluate() override {
    const GraphAgain on;
    for (Parameter& parameter : parameters_) parameter.tensor.zero_grad();
    const Tensor value = loss_();
    value.backward();
    return value.item();
  }

  std::vector<Tensor> hessian_product(std::span<const Part> parts,
                                      const std::vector<Tensor>& v) override {
    const GraphAgain on;
    if (!product_ || moved(parts)) {
      std::vector<Tensor> leaves;
      versions_.clear();
      for (const Part& part : parts) {
        leaves.push_back(part.parameter);
        versions_.push_back(part.parameter.version());
      }
      product_.emplace(loss_(), leaves);
    }
    return (*product_)(v);
  }

 private:
  bool moved(std::span<const Part> parts) const {
    if (parts.size() != versions_.size()) return true;
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (parts[i].parameter.version() != versions_[i]) return true;
    return false;
  }

  const std::function<Tensor()>& loss_;
  std::vector<Parameter>& parameters_;
  std::optional<HessianProduct> product_;
  std::vector<unsigned> versions_;
};

}  // namespace downhill::detail
