#include <fmt/format.h>

#include "downhill/core/shell.h"
#include "downhill/runlog/train_command.h"
#include "downhill/train/detail/advise_table.h"
#include "downhill/train/detail/table_task.h"

namespace downhill::detail {

std::string train_command(const TableRunOptions& o, const std::string& loss,
                          const std::string& further) {
  Config config = config_from(o);
  if (further.find("--class-order") != std::string::npos)
    std::erase_if(config, [](const auto& entry) { return entry.first == "class_order"; });
  return fmt::format("downhill train {} --target {} --loss {}{}{}", shell_word(o.data.string()),
                     shell_word(o.target), shell_word(loss), further.empty() ? "" : " " + further,
                     train_options(config, Told::table));
}

}  // namespace downhill::detail
