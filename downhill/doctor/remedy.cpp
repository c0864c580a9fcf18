#include "downhill/doctor/remedy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "downhill/core/options.h"
#include "downhill/core/shell.h"
#include "downhill/runlog/train_command.h"

namespace downhill {
namespace {

// An option of the command line as a configuration calls it: "clip-norm" is clip_norm.
std::string config_name(std::string option) {
  std::ranges::replace(option, '-', '_');
  return option;
}

// Whether the optimizer cuts gradients already.
bool clips(const Examination& run) {
  return configured(run, "optimizer").find("clip_by_global_norm") != std::string::npos;
}

}  // namespace

std::string configured(const Examination& run, std::string_view name) {
  return value_of(run.log().start.config, name);
}

std::string advise(const Examination& run, const Changes& changes, const std::string& words) {
  Config config = run.log().start.config;
  const std::string data = value_of(config, "data"), target = value_of(config, "target");
  if (data.empty() || target.empty()) return words;
  const auto set = [&](const std::string& name, const std::string& value) {
    std::erase_if(config, [&](const auto& entry) { return entry.first == name; });
    config.emplace_back(name, value);
  };
  if (clips(run)) set("clip_norm", "");  // it stands in the optimizer
  bool changed = false;
  for (const auto& [option, value] : changes) {
    if (configured(run, config_name(option)) == value || (option == "clip-norm" && clips(run)))
      continue;
    set(config_name(option), value);
    changed = true;
  }
  if (!changed) return words;
  // The directory of this run is taken.
  const std::string stem = std::filesystem::path(data).stem().string();
  return fmt::format("downhill train {} --target {}{} --out {}", shell_word(data),
                     shell_word(target), train_options(config),
                     shell_word("run/" + stem + "-next"));
}

namespace {

/// An optimizer's text with another rate: its own, or that of the method within it ("lookahead:of=(sgd)").
std::string with_rate(const std::string& optimizer, const std::string& rate) {
  Spec spec = parse_spec(optimizer, "optimizer");
  using Option = std::pair<std::string, std::string>;
  const auto own = std::ranges::find(spec.options, "lr", &Option::first);
  const auto within = std::ranges::find(spec.options, "of", &Option::first);
  if (own != spec.options.end()) own->second = rate;
  else if (within != spec.options.end())
    within->second =
        fmt::format("({})", with_rate(std::string(without_parentheses(within->second)), rate));
  else spec.options.emplace_back("lr", rate);
  std::string text = spec.name;
  for (std::size_t i = 0; i < spec.options.size(); ++i)
    text +=
        fmt::format("{}{}={}", i == 0 ? ":" : ",", spec.options[i].first, spec.options[i].second);
  return text;
}

}  // namespace

Changes change_lr(const Examination& run, double factor) {
  const std::string optimizer = configured(run, "optimizer");
  const auto peak = run.peak_lr();
  if (optimizer.empty() || !peak || !(*peak > 0) || optimizer.find('|') != std::string::npos)
    return {};
  return {{"optimizer", with_rate(optimizer, fmt::format("{:.3g}", *peak * factor))}};
}

std::string lr_words(const Examination& run, double factor) {
  const auto lr = run.peak_lr();
  const char* verb = factor < 1 ? "lower" : "raise";
  if (!lr || !(*lr > 0))
    return fmt::format("{} the learning rate {} times", verb,
                       figure(factor < 1 ? 1 / factor : factor));
  return fmt::format("{} the learning rate from {} to {}", verb, figure(*lr), figure(*lr * factor));
}

Changes change_model(const Examination& run, const std::string& option, const std::string& value) {
  const std::string model = configured(run, "model");
  if (!model.starts_with("mlp") || model.find(option + "=") != std::string::npos) return {};
  return {{"model", fmt::format("{}{}{}={}", model, model == "mlp" ? ":" : ",", option, value)}};
}

std::string figure(double value) { return decimal(value, 4); }

std::string percent(double fraction) {
  constexpr double kMany = 10;
  return fraction < kMany ? fmt::format("{:.3g} %", 100 * fraction)
                          : fmt::format("{:.3g} times", fraction);
}

double confidence_of(double value, double threshold) {
  if (!(value > threshold) || !(threshold > 0)) return 0.5;
  return std::min(0.99, 1 - 0.5 * threshold / value);
}

}  // namespace downhill
