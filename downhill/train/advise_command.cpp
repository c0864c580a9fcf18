#include <fmt/format.h>

#include "downhill/core/options.h"
#include "downhill/core/shell.h"
#include "downhill/train/detail/advise_table.h"

namespace downhill::detail {

std::string train_command(const TableRunOptions& o, const std::string& loss,
                          const std::string& further) {
  std::string line =
      fmt::format("downhill train {} --target {} --loss {}", shell_word(o.data.string()),
                  shell_word(o.target), shell_word(loss));
  if (!further.empty()) line += " " + further;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) line += fmt::format(" {} {}", name, shell_word(value));
  };
  add("--ignore", o.ignore);
  add("--only", o.only);
  add("--category", o.category);
  add("--number", o.number);
  add("--weight", o.weight);
  add("--decimal", o.decimal);
  add("--date-order", o.date_order);
  add("--separator", o.separator);
  add("--split-by-time", o.split_by_time);
  add("--split-by-group", o.split_by_group);
  if (further.find("--class-order") == std::string::npos) add("--class-order", o.class_order);
  const auto add_part = [&](const char* name, const std::string& file, double share, double usual) {
    add(name, !file.empty() ? file : share != usual ? print_option(share) : "");
  };
  const TableRunOptions usual;
  add_part("--validation", o.validation_file, o.validation, usual.validation);
  add_part("--test", o.test_file, o.test, usual.test);
  add("--class-weight", o.class_weight);
  if (o.drop_missing_target) line += " --drop-missing-target";
  if (o.header != Header::automatic) line += o.header == Header::yes ? " --header" : " --no-header";
  return line;
}

}  // namespace downhill::detail
