#include "downhill/optim/optimizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/autodiff/functional.h"
#include "downhill/autodiff/node.h"
#include "downhill/core/error.h"
#include "downhill/core/parallel.h"

namespace downhill {
namespace {

std::vector<Parameter> numbered(const std::vector<Tensor>& tensors) {
  std::vector<Parameter> parameters;
  for (const Tensor& tensor : tensors)
    parameters.push_back({std::to_string(parameters.size()), tensor});
  return parameters;
}

// Without those that are frozen.
std::vector<Parameter> trained(std::vector<Parameter> parameters) {
  std::erase_if(parameters,
                [](const Parameter& p) { return p.tensor.defined() && !p.tensor.requires_grad(); });
  return parameters;
}

bool matches(std::string_view name, std::string_view pattern) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*')
    return matches(name, pattern.substr(1)) || (!name.empty() && matches(name.substr(1), pattern));
  return !name.empty() && (pattern[0] == '?' || pattern[0] == name[0]) &&
         matches(name.substr(1), pattern.substr(1));
}

}  // namespace

Optimizer::Optimizer(Method method, std::vector<Parameter> parameters)
    : parameters_(trained(std::move(parameters))),
      groups_{Group(std::move(method))},
      slots_(parameters_.size()) {
  if (parameters_.empty())
    throw_usage("optimizer", "there are no parameters that require a gradient");
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const Tensor& tensor = parameters_[i].tensor;
    check_floating("optimizer", parameters_[i].name.c_str(), tensor);
    if (!tensor.is_leaf())
      throw_usage("optimizer",
                  fmt::format("parameter {} is the result of an operation", parameters_[i].name));
    for (std::size_t j = 0; j < i; ++j)
      if (parameters_[j].tensor.body() == tensor.body() ||
          parameters_[j].name == parameters_[i].name)
        throw_usage("optimizer", fmt::format("parameters {} and {} are the same",
                                             parameters_[j].name, parameters_[i].name));
  }
}

Optimizer::Optimizer(Method method, const std::vector<Tensor>& parameters)
    : Optimizer(std::move(method), numbered(parameters)) {}

Optimizer& Optimizer::group(const std::string& pattern, std::initializer_list<Setting> settings) {
  Method method = groups_[0].method;
  for (const Setting& setting : settings) method = method.with(setting.name, setting.text);
  return group(pattern, std::move(method));
}

Optimizer& Optimizer::group(const std::string& pattern, Method method) {
  if (std::any_of(slots_.begin(), slots_.end(), [](const Slot& slot) { return slot.t > 0; }))
    throw_usage("optimizer", "groups must be made before the first step");
  if (lr_factor_) check_takes_schedule(method);
  Group added(std::move(method));
  bool any = false;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!matches(parameters_[i].name, pattern)) continue;
    slots_[i].group = groups_.size();
    any = true;
  }
  if (!any) throw_usage("optimizer", fmt::format("no parameter matches '{}'", pattern));
  groups_.push_back(std::move(added));
  for (Group& known : groups_) known.pieces.clear();
  return *this;
}

// What cannot work with several groups: a link on all parameters as one vector, and a global norm
// of directions, which the groups reach one after the other.
void Optimizer::check_groups() const {
  if (groups_.size() < 2) return;
  const auto have = [&](const std::string& name) {
    return std::count_if(groups_.begin(), groups_.end(), [&](const Group& group) {
      return std::any_of(group.chain.begin(), group.chain.end(),
                         [&](const LinkPtr& link) { return link->name() == name; });
    });
  };
  for (const Group& group : groups_) {
    for (const LinkPtr& link : group.chain) {
      if (link->kind() == Link::Kind::flat)
        throw_usage(link->name(),
                    "works on all parameters as one vector; it cannot be mixed with groups");
      if (&link != &group.chain.front() && link->kind() == Link::Kind::block &&
          static_cast<const BlockLink&>(*link).measures() && have(link->name()) > 1)
        throw_usage(link->name(),
                    "measures all groups together, which works at the front of their chains only");
    }
  }
}

bool Optimizer::needs_closure() const {
  for (const Group& group : groups_)
    for (const LinkPtr& link : group.chain)
      if (link->kind() == Link::Kind::flat &&
          static_cast<const FlatLink*>(link.get())->needs_closure())
        return true;
  return false;
}

void Optimizer::zero_grad() {
  for (Parameter& parameter : parameters_) parameter.tensor.zero_grad();
}

void Optimizer::step() {
  if (needs_closure())
    throw_usage(groups_[0].method.name(),
                "this optimizer evaluates the loss itself; call step(closure)");
  update(0, {}, {});
}

double Optimizer::step(const std::function<Tensor()>& loss) {
  const std::function<double()> evaluate = [&] {
    zero_grad();
    const Tensor value = loss();
    value.backward();
    return value.item();
  };
  const std::function<std::vector<Tensor>(const std::vector<Tensor>&)> product =
      [&, made = std::shared_ptr<HessianProduct>()](const std::vector<Tensor>& v) mutable {
        if (made == nullptr) {
          std::vector<Tensor> leaves;
          for (const Parameter& parameter : parameters_) leaves.push_back(parameter.tensor);
          made = std::make_shared<HessianProduct>(loss(), leaves);
        }
        return (*made)(v);
      };
  const double value = evaluate();
  update(value, evaluate, product);
  return value;
}

double Optimizer::gradient_norm() const {
  double sum = 0;
  for (const Parameter& parameter : parameters_) {
    const Tensor g = parameter.tensor.grad();
    if (!g.defined()) continue;
    with_floating(g.type(), [&]<class T>() {
      const T* x = g.data<T>();
      double part[4] = {0, 0, 0, 0};
      for (std::int64_t i = 0; i < g.elements(); ++i) {
        const double v = static_cast<double>(x[i]);
        part[i & 3] += v * v;
      }
      sum += (part[0] + part[2]) + (part[1] + part[3]);
    });
  }
  return std::sqrt(sum);
}

void Optimizer::set(const std::string& setting, double value) { set(setting, print_option(value)); }

void Optimizer::set(const std::string& setting, const std::string& text) {
  replace(setting, [&](const std::string&) { return text; });
}

void Optimizer::change(const std::string& setting, const std::function<double(double)>& to) {
  replace(setting, [&](const std::string& text) {
    double number = 0;
    if (!read_option(text, number).empty())
      throw_usage(groups_[0].method.name(),
                  fmt::format("{} = {} is not a number and cannot be changed", setting, text));
    return print_option(to(number));
  });
}

void Optimizer::replace(const std::string& setting,
                        const std::function<std::string(const std::string&)>& to) {
  std::vector<Group> changed = groups_;
  bool any = false;
  for (Group& group : changed) {
    for (const Setting& known : group.method.settings()) {
      if (known.name != setting) continue;
      group = Group(group.method.with(setting, to(known.text)));
      any = true;
      break;
    }
  }
  if (!any) groups_[0].method.get(setting);  // throws, naming the known ones
  const NamedTensors before = state();
  std::swap(groups_, changed);
  // A changed setting may add or drop a link: states go by name, new ones start at zero.
  const std::map<std::string, Tensor> known(before.begin(), before.end());
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].t == 0) continue;
    slots_[i].states.clear();
    make_states(slots_[i], parameters_[i].tensor);
    const auto names = state_names(i);
    for (std::size_t k = 0; k < names.size(); ++k)
      if (const auto found = known.find(names[k]); found != known.end())
        slots_[i].states[k] = found->second;
  }
}

void Optimizer::schedule_lr(const Schedule& factor) {
  for (const Group& group : groups_) check_takes_schedule(group.method);
  lr_factor_ = factor;
  lr_origin_ = steps_;
}

double Optimizer::lr_factor() const { return lr_factor_ ? (*lr_factor_)(steps_ - lr_origin_) : 1; }

std::string Optimizer::text() const {
  const std::string method = groups_[0].method.text();
  return lr_factor_ ? method + ", lr times " + lr_factor_->text() : method;
}

double Optimizer::get(const std::string& setting) const {
  for (const Group& group : groups_) {
    for (const Setting& known : group.method.settings()) {
      if (known.name != setting) continue;
      Hyper value = 0;
      if (!read_option(known.text, value).empty()) return known.text == "true" ? 1 : 0;
      return value.at(steps_) * (setting == "lr" ? lr_factor() : 1);
    }
  }
  groups_[0].method.get(setting);  // throws, naming the known ones
  return 0;
}

}  // namespace downhill
