// A table run's options as the configuration that is saved with it, and back.
#include <fmt/format.h>

#include <algorithm>

#include "downhill/core/error.h"
#include "downhill/train/detail/table_task.h"

namespace downhill::detail {

Config config_from(const TableRunOptions& o) {
  static constexpr auto options = TableRunOptions::options();
  const TableRunOptions defaults;
  Config config;
  for (const Option& option : options)
    if (option.print(&o) != option.print(&defaults))
      config.emplace_back(option.name, option.print(&o));
  return config;
}

TableRunOptions options_from(const Config& config, const std::string& target,
                             const std::filesystem::path& file) {
  static constexpr auto options = TableRunOptions::options();
  TableRunOptions o;
  o.target = target;
  const auto refuse = [&](const std::string& name, const std::string& value) {
    throw FileError(FileError::Kind::model,
                    fmt::format("{}: {} = '{}' cannot be read", file.string(), name, value));
  };
  for (const auto& [name, value] : config) {
    if (name == "data") o.data = value;
    if (name == "seed") {
      std::int64_t seed = 0;
      if (!read_option(value, seed).empty()) refuse(name, value);
      o.seed = static_cast<std::uint64_t>(seed);
    }
    if (name == "batch") continue;  // a word for people, and no property of the table
    for (const Option& option : options)
      if (option.name == name && !option.kind().read(value, option.at(&o)).empty())
        refuse(name, value);
  }
  return o;
}

TableRunOptions run_again(const Config& config, const std::string& target,
                          const std::filesystem::path& file) {
  TableRunOptions o = options_from(config, target, file);
  const std::array<std::pair<const char*, std::string*>, 6> texts = {{{"task", &o.task},
                                                                      {"loss", &o.loss},
                                                                      {"model", &o.model},
                                                                      {"optimizer", &o.optimizer},
                                                                      {"schedule", &o.schedule},
                                                                      {"observers", &o.observers}}};
  for (const auto& [name, value] : config) {
    for (const auto& [known, text] : texts)
      if (name == known) *text = value;
    if (name == "batch" && !read_option(value, o.batch).empty()) o.batch = 0;  // "all"
  }
  o.clip_norm = 0;  // stands in the optimizer
  return o;
}

}  // namespace downhill::detail
