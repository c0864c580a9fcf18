// A table run's options: what is wrong in them before a file is opened; the configuration that is saved
// with the run, and back.
#include <fmt/format.h>

#include <algorithm>

#include "downhill/catalog/catalog.h"
#include "downhill/catalog/model.h"
#include "downhill/core/error.h"
#include "downhill/io/utf8.h"
#include "downhill/train/detail/table_data.h"
#include "downhill/train/detail/table_task.h"
#include "downhill/train/detail/told.h"
#include "downhill/train/observers.h"

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

void check_table_options(const TableRunOptions& o) {
  if (o.target.empty())
    throw_usage("train", "target is missing: name a column, or its number from 1");
  if (o.resume && o.overwrite) throw_usage("train", "resume and overwrite exclude each other");
  for (const std::string& file : {o.data.string(), o.validation_file, o.test_file})
    if (invalid_utf8(file))
      throw_usage("train",
                  fmt::format("the name {} is not UTF-8, and the model's file names its data; "
                              "give the file another name, or a link to it",
                              excerpt(file, 80)));
  check_notation(o.decimal, o.date_order);
  if (!o.loss.empty()) check_takes_table(loss_from(o.loss));
  told<Task>("task", o.task);
  told<LinkFunction>("link", o.link);
  const Method method = optimizer_from(optimizer_spec(o));
  Optimizer(method, {Parameter{"weight", Tensor::zeros({2, 2}).requires_grad(true)}});
  if (!o.schedule.empty() && o.schedule != kNoSchedule) {
    schedule_from(o.schedule);
    check_takes_schedule(method);
  }
  if (o.warmup > 0) check_takes_schedule(method);
  observers_from(o.observers);
  if (!o.model.empty()) check_model(o.model);
  check_options("train", o);
  if (o.separator.size() > 1 && o.separator != "tab" && o.separator != "\\t")
    throw_usage("train", fmt::format("separator = {}; expected one character, or tab",
                                     excerpt(o.separator)));
  if (!o.split_by_time.empty() && !o.split_by_group.empty())
    throw_usage("train", "split_by_time and split_by_group exclude each other");
  check_roles(o);
  const auto [train, validation, test] = o.shares();
  if (validation + test >= 1)
    throw_usage("train", fmt::format("validation + test = {} leaves no rows for training",
                                     validation + test));
}

}  // namespace downhill::detail
