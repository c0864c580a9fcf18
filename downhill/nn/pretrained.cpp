#include "downhill/nn/pretrained.h"

#include <algorithm>
#include <map>

#include "downhill/core/error.h"
#include "downhill/io/safetensors.h"
#include "downhill/nn/detail/pattern.h"

namespace downhill::nn {
namespace {

using Named = std::vector<std::pair<std::string, Tensor>>;

std::string renamed(const std::string& name, const LoadOptions& options) {
  for (const auto& [from, to] : options.rename)
    if (const auto texts = detail::match(name, from)) return detail::fill(to, *texts);
  return name;
}

bool allowed(const std::string& name, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return detail::match(name, pattern).has_value();
  });
}

bool fits(const Tensor& given, const Tensor& own) {
  const bool type =
      given.type() == own.type() || (is_floating(given.type()) && is_floating(own.type()));
  return type && given.shape() == own.shape();
}

/// The file's tensors by the model's names.
std::map<std::string, Tensor> by_name(const Named& tensors, const LoadOptions& options,
                                      std::string& problems) {
  std::map<std::string, Tensor> given;
  std::map<std::string, std::string> origin;
  for (const auto& [name, tensor] : tensors) {
    const std::string own = renamed(name, options);
    if (given.emplace(own, tensor).second) origin[own] = name;
    else problems += "\n  " + origin[own] + " and " + name + " are both called " + own;
  }
  return given;
}

std::int64_t require(Module& model, const std::string& pattern, bool wanted, const char* what) {
  std::int64_t count = 0;
  for (const Parameter& p : model.parameters()) {
    if (!detail::match(p.name, pattern)) continue;
    Tensor(p.tensor).requires_grad(wanted);
    ++count;
  }
  if (count == 0) throw_usage(what, "no parameter matches '" + pattern + "'");
  return count;
}

}  // namespace

LoadReport load(Module& model, const Named& tensors, const LoadOptions& options) {
  LoadReport report;
  std::string problems;
  std::map<std::string, Tensor> given = by_name(tensors, options, problems);
  std::vector<std::pair<Tensor, Tensor>> copies;  // to, from
  for (const Parameter& own : model.state()) {
    const auto found = given.find(own.name);
    if (found == given.end()) {
      report.missing.push_back(own.name);
      if (!allowed(own.name, options.allow_missing)) problems += "\n  " + own.name + " is missing";
      continue;
    }
    if (!fits(found->second, own.tensor))
      problems += "\n  " + own.name + " is " + describe(found->second) + "; expected " +
                  describe(own.tensor);
    copies.emplace_back(own.tensor, found->second);
    report.loaded.push_back(own.name);
    given.erase(found);
  }
  for (const auto& [name, tensor] : given) {
    report.extra.push_back(name);
    if (!allowed(name, options.allow_extra)) problems += "\n  " + name + " is not expected";
  }
  if (!problems.empty())
    throw_data("load",
               "the tensors do not fit the model; rename them, or allow what may be "
               "missing or extra:" +
                   problems);
  for (auto& [to, from] : copies) to.assign(from.detach().to(to.type()));
  return report;
}

LoadReport load(Module& model, const std::filesystem::path& file, const LoadOptions& options) {
  const SafeTensors content = read_safetensors(file);
  try {
    return load(model, content.tensors, options);
  } catch (const DataError& error) {
    throw FileError(FileError::Kind::model, file.string() + ": " + error.what());
  }
}

std::int64_t freeze(Module& model, const std::string& pattern) {
  return require(model, pattern, false, "freeze");
}

std::int64_t unfreeze(Module& model, const std::string& pattern) {
  return require(model, pattern, true, "unfreeze");
}

}  // namespace downhill::nn
