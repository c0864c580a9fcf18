#include "downhill/inspect/objective.h"

#include <cmath>
#include <memory>
#include <string>

#include "downhill/autodiff/node.h"
#include "downhill/core/error.h"

namespace downhill {
namespace {

void add(std::vector<double>& to, const std::vector<double>& values, double factor) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += factor * values[i];
}

void check_parameters(const Tensors& parameters) {
  if (!recording())
    throw_usage("local_model", "recording is off (NoGraph); derivatives need it on");
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    check_defined("local_model", "a parameter", parameters[i]);
    check_floating("local_model", "a parameter", parameters[i]);
    if (!parameters[i].requires_grad() || !parameters[i].is_leaf())
      throw_usage("local_model", "parameter " + std::to_string(i) + ", " + describe(parameters[i]) +
                                     ", is not a leaf; expected one made by requires_grad(true)");
  }
}

}  // namespace

Objective::Objective(std::vector<Part> parts, std::vector<double> weights)
    : parts_(std::move(parts)), weights_(std::move(weights)) {
  if (parts_.empty()) throw_usage("Objective", "there are no parts; expected at least one");
  if (weights_.empty()) weights_.assign(parts_.size(), 1.0 / static_cast<double>(parts_.size()));
  if (weights_.size() != parts_.size())
    throw_usage("Objective", "there are " + std::to_string(weights_.size()) + " weights for " +
                                 std::to_string(parts_.size()) + " parts; expected one each");
  for (const double weight : weights_)
    if (!std::isfinite(weight)) throw_usage("Objective", "a weight is not finite");
}

double Objective::operator()() const {
  const NoGraph no_graph;
  double sum = 0;
  for (std::size_t i = 0; i < parts_.size(); ++i) sum += weights_[i] * parts_[i]().item();
  return sum;
}

LocalModel local_model(const Objective& objective, const Tensors& parameters) {
  check_parameters(parameters);
  LocalModel model;
  model.gradient.resize(static_cast<std::size_t>(count_elements(parameters)));
  std::shared_ptr<HessianProduct> only;
  for (std::size_t i = 0; i < objective.parts().size(); ++i) {
    auto product = std::make_shared<HessianProduct>(objective.parts()[i](), parameters);
    model.loss += objective.weights()[i] * product->value();
    add(model.gradient, flatten(product->gradient()), objective.weights()[i]);
    if (objective.parts().size() == 1) only = std::move(product);
  }
  if (only) {
    model.hessian = [only, weight = objective.weights()[0]](const std::vector<double>& direction) {
      return hessian_operator(*only, weight)(direction);
    };
  } else {
    model.hessian = [objective, parameters](const std::vector<double>& direction) {
      std::vector<double> sum(direction.size());
      for (std::size_t i = 0; i < objective.parts().size(); ++i) {
        const HessianProduct product(objective.parts()[i](), parameters);
        add(sum, hessian_operator(product)(direction), objective.weights()[i]);
      }
      return sum;
    };
  }
  return model;
}

}  // namespace downhill
