#include "downhill/optim/optimizer.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/autodiff/node.h"
#include "downhill/autodiff/norms.h"
#include "downhill/core/error.h"
#include "downhill/optim/detail/closure.h"

namespace downhill {
namespace {

std::vector<Parameter> numbered(const std::vector<Tensor>& tensors) {
  std::vector<Parameter> parameters;
  for (const Tensor& tensor : tensors)
    parameters.push_back({std::to_string(parameters.size()), tensor});
  return parameters;
}

// Those that are trained; what is frozen is no part of the optimizer.
std::vector<Parameter> trained(std::vector<Parameter> all) {
  if (all.empty())
    throw_usage("optimizer", "there are no parameters; a module has those of what it add()ed");
  for (const Parameter& p : all) {
    check_floating("optimizer", p.name.c_str(), p.tensor);
    if (p.tensor.requires_grad() && !p.tensor.is_leaf())
      throw_usage("optimizer", fmt::format("parameter {} is not a leaf: it is the result of an "
                                           "operation; give what it was computed from",
                                           p.name));
  }
  std::erase_if(all, [](const Parameter& p) { return !p.tensor.requires_grad(); });
  if (all.empty())
    throw_usage("optimizer",
                "all parameters are frozen; at least one must be a leaf that requires a gradient");
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (all[j].tensor.body() == all[i].tensor.body() || all[j].name == all[i].name)
        throw_usage("optimizer",
                    fmt::format("parameters {} and {} are the same", all[j].name, all[i].name));
  return all;
}

}  // namespace

Optimizer::Optimizer(Method method, std::vector<Parameter> parameters)
    : parameters_(trained(std::move(parameters))),
      slots_(parameters_.size()),
      directions_(parameters_.size()) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < slots_.size(); ++i) all.push_back(i);
  assign(method, all);
  plan();
}

Optimizer::Optimizer(Method method, const std::vector<Tensor>& parameters)
    : Optimizer(std::move(method), numbered(parameters)) {}

bool Optimizer::any_link(bool Link::Traits::*trait) const {
  for (const detail::Group& group : groups_)
    for (const LinkPtr& link : group.chain)
      if (link->traits().*trait) return true;
  return false;
}

bool Optimizer::needs_closure() const { return any_link(&Link::Traits::needs_closure); }
bool Optimizer::guards() const { return any_link(&Link::Traits::guards); }

void Optimizer::zero_grad() {
  for (Parameter& parameter : parameters_) parameter.tensor.zero_grad();
}

void Optimizer::step() {
  if (needs_closure())
    throw_usage(groups_[0].method.name(),
                "this optimizer evaluates the loss itself; call step(closure)");
  update(std::nan(""), nullptr);
}

double Optimizer::step(const std::function<Tensor()>& loss) {
  detail::Closure closure(loss, parameters_);
  const double value = closure.evaluate();
  update(value, &closure);
  return value;
}

double Optimizer::gradient_norm() const { return downhill::gradient_norm(parameters_); }

void Optimizer::schedule_lr(const Schedule& factor) {
  for (const detail::Group& group : groups_) check_takes_schedule(group.method);
  lr_factor_ =
      length_ > 0 ? within_range("the factor on lr", factor, kNonNegative, length_) : factor;
  lr_origin_ = steps_;
}

double Optimizer::lr_factor() const { return lr_factor_ ? (*lr_factor_)(steps_ - lr_origin_) : 1; }

std::string Optimizer::text() const {
  const std::string method = groups_[0].method.text();
  return lr_factor_ ? method + ", lr times " + lr_factor_->text() : method;
}

}  // namespace downhill
