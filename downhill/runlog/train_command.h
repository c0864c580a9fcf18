#pragma once
#include <string>

#include "downhill/runlog/records.h"

namespace downhill {

/// Which of a configuration's entries become options of a command line.
enum class Told { all, table };  ///< `table`: how the table is read, weighed and split

/// " --loss huber --ignore a,b --no-header": a run's configuration as `downhill train` takes it, behind
/// data and target, as a shell reads it. What is 0, empty or the default share of a part is left out,
/// and so is what is no option (table, rows, inputs, ...).
std::string train_options(const Config& config, Told told = Told::all);

/// The value of that name, "" if there is none.
std::string value_of(const Config& config, std::string_view name);

}  // namespace downhill
