#include "downhill/doctor/remedy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "downhill/core/options.h"
#include "downhill/core/shell.h"

namespace downhill {
namespace {

// What of a configuration is an option of `downhill train`, in the order of a command line.
constexpr std::pair<const char*, const char*> kOptions[] = {{"loss", "loss"},
                                                            {"model", "model"},
                                                            {"optimizer", "optimizer"},
                                                            {"schedule", "schedule"},
                                                            {"observers", "observer"},
                                                            {"link", "link"},
                                                            {"batch", "batch"},
                                                            {"epochs", "epochs"},
                                                            {"seed", "seed"},
                                                            {"patience", "patience"},
                                                            {"clip_norm", "clip-norm"},
                                                            {"warmup", "warmup"},
                                                            {"no_decay", "no-decay"},
                                                            {"class_weight", "class-weight"},
                                                            {"class_order", "class-order"},
                                                            {"cost_missed", "cost-missed"},
                                                            {"ignore", "ignore"},
                                                            {"only", "only"},
                                                            {"category", "category"},
                                                            {"weight", "weight"},
                                                            {"decimal", "decimal"},
                                                            {"date_order", "date-order"},
                                                            {"separator", "separator"},
                                                            {"split_by_time", "split-by-time"},
                                                            {"split_by_group", "split-by-group"},
                                                            {"validation", "validation"},
                                                            {"test", "test"}};
constexpr std::pair<const char*, const char*> kFlags[] = {
    {"drop_missing_target", "drop-missing-target"}};

std::string config_name(const std::string& option) {
  for (const auto& [name, spelled] : kOptions)
    if (option == spelled) return name;
  return option;
}

// Whether the optimizer cuts gradients already.
bool clips(const Examination& run) {
  return configured(run, "optimizer").find("clip_by_global_norm") != std::string::npos;
}

}  // namespace

std::string configured(const Examination& run, std::string_view name) {
  for (const auto& [key, value] : run.log().start.config)
    if (key == name) return value;
  return "";
}

namespace {

// The value that the next run gets; "" for none. A table of its own stands for a share of the rows,
// and a clip that the optimizer has already is not given twice.
std::string value_of(const Examination& run, const Changes& next, const char* name,
                     std::string_view option) {
  const auto changed = std::ranges::find(next, option, &Changes::value_type::first);
  if (changed != next.end()) return changed->second;
  const std::string_view part = name;
  if (part == "clip_norm" && clips(run)) return "";
  if (part == "validation" || part == "test") {
    const std::string file = configured(run, std::string(part) + "_file");
    if (!file.empty()) return file;
    const std::string share = configured(run, part);
    return share == "0.2" ? "" : share;  // the default
  }
  const std::string value = configured(run, part);
  return value == "0" ? "" : value;
}

}  // namespace

std::string advise(const Examination& run, const Changes& changes, const std::string& words) {
  const std::string data = configured(run, "data"), target = configured(run, "target");
  if (data.empty() || target.empty()) return words;
  Changes next;
  for (const auto& [option, value] : changes)
    if (configured(run, config_name(option)) != value && !(option == "clip-norm" && clips(run)))
      next.emplace_back(option, value);
  if (next.empty()) return words;
  std::string line =
      fmt::format("downhill train {} --target {}", shell_word(data), shell_word(target));
  for (const auto& [name, option] : kOptions)
    if (const std::string value = value_of(run, next, name, option); !value.empty())
      line += fmt::format(" --{} {}", option, shell_word(value));
  for (const auto& [name, option] : kFlags)
    if (configured(run, name) == "true") line += fmt::format(" --{}", option);
  if (const std::string header = configured(run, "header"); header == "no") line += " --no-header";
  // The directory of this run is taken.
  const std::string stem = std::filesystem::path(data).stem().string();
  return line + fmt::format(" --out {}", shell_word("run/" + stem + "-next"));
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
