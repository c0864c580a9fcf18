#include "downhill/nn/module.h"

#include <map>
#include <unordered_set>

#include "downhill/core/error.h"

namespace downhill::nn {
namespace {

/// Tied weights stand under several names.
std::vector<Parameter> each_once(const std::vector<Parameter>& all) {
  std::unordered_set<const void*> seen;
  std::vector<Parameter> once;
  for (const Parameter& p : all)
    if (seen.insert(p.tensor.body()).second) once.push_back(p);
  return once;
}

}  // namespace

void Module::collect(const Parts& parts, const std::string& prefix, bool buffers,
                     std::vector<Parameter>& all) {
  for (const Parameter& p : buffers ? parts.buffers : parts.parameters)
    all.push_back({prefix + p.name, p.tensor});
  for (const auto& [name, part] : parts.parts) collect(*part, prefix + name + ".", buffers, all);
}

std::vector<Parameter> Module::parameters() const {
  std::vector<Parameter> all;
  collect(*parts_, "", false, all);
  return each_once(all);
}

std::vector<Parameter> Module::buffers() const {
  std::vector<Parameter> all;
  collect(*parts_, "", true, all);
  return each_once(all);
}

std::vector<Parameter> Module::state() const {
  std::vector<Parameter> all = parameters();
  for (Parameter& buffer : buffers()) all.push_back(std::move(buffer));
  return all;
}

void Module::load(const std::vector<std::pair<std::string, Tensor>>& tensors) {
  std::map<std::string, Tensor> given(tensors.begin(), tensors.end());
  std::vector<Parameter> own = state();
  std::string problems;
  for (const Parameter& p : own) {
    const auto found = given.find(p.name);
    if (found == given.end()) {
      problems += "\n  " + p.name + " is missing";
    } else if (!(found->second.shape() == p.tensor.shape()) ||
               found->second.type() != p.tensor.type()) {
      problems +=
          "\n  " + p.name + " is " + describe(found->second) + "; expected " + describe(p.tensor);
    }
  }
  std::map<std::string, bool> known;
  for (const Parameter& p : own) known[p.name] = true;
  for (const auto& [name, tensor] : tensors)
    if (!known.contains(name)) problems += "\n  " + name + " is not expected";
  if (!problems.empty()) throw_data("load", "the tensors do not fit the model:" + problems);
  for (Parameter& p : own) p.tensor.assign(given.at(p.name));
}

void Module::zero_grad() {
  for (Parameter& p : parameters()) p.tensor.zero_grad();
}

void Module::set_training(Parts& parts, bool on) {
  parts.training = on;
  for (auto& [name, part] : parts.parts) set_training(*part, on);
}

void Module::train(bool on) { set_training(*parts_, on); }

void Module::to(Type type) {
  if (!is_floating(type)) throw_usage("to", "a model's precision is float32 or float64");
  for (Parameter& p : state())
    if (is_floating(p.tensor.type())) p.tensor.convert(type);
}

std::int64_t Module::parameter_count() const {
  std::int64_t count = 0;
  for (const Parameter& p : parameters()) count += p.tensor.elements();
  return count;
}

void Module::check_name(const std::string& name) const {
  if (name.empty() || name.find('.') != std::string::npos)
    throw_usage("module", "'" + name + "' is not a name: it is empty or has a dot");
  for (const auto* list : {&parts_->parameters, &parts_->buffers})
    for (const Parameter& p : *list)
      if (p.name == name) throw_usage("module", "'" + name + "' is registered twice");
  for (const auto& [known, part] : parts_->parts)
    if (known == name) throw_usage("module", "'" + name + "' is registered twice");
}

Tensor& Module::add(const std::string& name, Tensor& tensor) {
  check_name(name);
  tensor.requires_grad(true);
  parts_->parameters.push_back({name, tensor});
  return tensor;
}

Tensor& Module::add_buffer(const std::string& name, Tensor& tensor) {
  check_name(name);
  check_defined("module", name.c_str(), tensor);
  parts_->buffers.push_back({name, tensor});
  return tensor;
}

void Module::add(const std::string& name, const Module& part) {
  check_name(name);
  parts_->parts.emplace_back(name, part.parts_);
}

}  // namespace downhill::nn
