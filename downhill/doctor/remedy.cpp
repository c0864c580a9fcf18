#include "downhill/doctor/remedy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/options.h"
#include "downhill/core/shell.h"

namespace downhill {
namespace {

// What of a configuration is an option of `downhill train`.
constexpr std::pair<const char*, const char*> kOptions[] = {{"loss", "loss"},
                                                            {"model", "model"},
                                                            {"optimizer", "optimizer"},
                                                            {"schedule", "schedule"},
                                                            {"observers", "observer"},
                                                            {"batch", "batch"},
                                                            {"epochs", "epochs"},
                                                            {"seed", "seed"},
                                                            {"patience", "patience"},
                                                            {"clip_norm", "clip-norm"},
                                                            {"warmup", "warmup"},
                                                            {"no_decay", "no-decay"},
                                                            {"class_weight", "class-weight"}};

std::string config_name(const std::string& option) {
  for (const auto& [name, spelled] : kOptions)
    if (option == spelled) return name;
  return option;
}

}  // namespace

std::string configured(const Examination& run, std::string_view name) {
  for (const auto& [key, value] : run.log().start.config)
    if (key == name) return value;
  return "";
}

std::string advise(const Examination& run, const Changes& changes, const std::string& words) {
  const std::string data = configured(run, "data"), target = configured(run, "target");
  if (data.empty() || target.empty()) return words;
  Changes next;
  for (const auto& [option, value] : changes)
    if (configured(run, config_name(option)) != value) next.emplace_back(option, value);
  if (next.empty()) return words;
  std::string line =
      fmt::format("downhill train {} --target {}", shell_word(data), shell_word(target));
  for (const auto& [name, option] : kOptions) {
    const auto changed = std::ranges::find(next, std::string(option), &Changes::value_type::first);
    const std::string value = changed != next.end() ? changed->second : configured(run, name);
    const bool absent = value.empty() || (value == "0" && changed == next.end());
    if (!absent) line += fmt::format(" --{} {}", option, shell_word(value));
  }
  return line;
}

Changes change_lr(const Examination& run, double factor) {
  const std::string optimizer = configured(run, "optimizer");
  const auto peak = run.peak_lr();
  if (optimizer.empty() || !peak || !(*peak > 0) || optimizer.find('|') != std::string::npos)
    return {};
  Spec spec = parse_spec(optimizer, "optimizer");
  const std::string rate = fmt::format("{:.3g}", *peak * factor);
  const auto at =
      std::ranges::find(spec.options, "lr", &std::pair<std::string, std::string>::first);
  if (at != spec.options.end()) at->second = rate;
  else spec.options.emplace_back("lr", rate);
  std::string text = spec.name;
  for (std::size_t i = 0; i < spec.options.size(); ++i)
    text +=
        fmt::format("{}{}={}", i == 0 ? ":" : ",", spec.options[i].first, spec.options[i].second);
  return {{"optimizer", text}};
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

std::string percent(double fraction) { return fmt::format("{:.3g} %", 100 * fraction); }

double confidence_of(double value, double threshold) {
  if (!(value > threshold) || !(threshold > 0)) return 0.5;
  return std::min(0.99, 1 - 0.5 * threshold / value);
}

}  // namespace downhill
