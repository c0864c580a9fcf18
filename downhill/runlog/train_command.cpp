#include "downhill/runlog/train_command.h"

#include <fmt/format.h>

#include "downhill/core/shell.h"

namespace downhill {
namespace {

struct Entry {
  const char *name, *option;
  Told told = Told::all;
};

// In the order of a command line.
constexpr Entry kEntries[] = {{"task", "task"},
                              {"loss", "loss"},
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
                              {"class_weight", "class-weight", Told::table},
                              {"class_order", "class-order", Told::table},
                              {"cost_missed", "cost-missed"},
                              {"ignore", "ignore", Told::table},
                              {"only", "only", Told::table},
                              {"category", "category", Told::table},
                              {"number", "number", Told::table},
                              {"weight", "weight", Told::table},
                              {"decimal", "decimal", Told::table},
                              {"date_order", "date-order", Told::table},
                              {"separator", "separator", Told::table},
                              {"split_by_time", "split-by-time", Told::table},
                              {"split_by_group", "split-by-group", Told::table},
                              {"validation", "validation", Told::table},
                              {"test", "test", Told::table}};

// A table of its own stands for a share of the rows.
std::string told_of(const Config& config, std::string_view name) {
  std::string value = value_of(config, name);
  if (name == "validation" || name == "test") {
    const std::string file = value_of(config, std::string(name) + "_file");
    if (!file.empty()) return file;
    return value == "0.2" ? "" : value;
  }
  return value == "0" ? "" : value;
}

}  // namespace

std::string value_of(const Config& config, std::string_view name) {
  for (const auto& [key, value] : config)
    if (key == name) return value;
  return "";
}

std::string train_options(const Config& config, Told told) {
  std::string line;
  for (const Entry& entry : kEntries) {
    if (told == Told::table && entry.told != Told::table) continue;
    if (const std::string value = told_of(config, entry.name); !value.empty())
      line += fmt::format(" --{} {}", entry.option, shell_word(value));
  }
  if (value_of(config, "drop_missing_target") == "true") line += " --drop-missing-target";
  const std::string header = value_of(config, "header");
  if (header == "yes") line += " --header";
  if (header == "no") line += " --no-header";
  return line;
}

}  // namespace downhill
