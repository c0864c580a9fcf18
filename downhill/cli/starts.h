#pragma once
#include <string>

#include "downhill/train/starts.h"

namespace downhill::cli {

/// "x=-5..5,y=0..1" as a range for each of the variables; UsageError with what is missing or too much.
std::vector<std::pair<double, double>> box_from(const std::string& text,
                                                const std::vector<std::string>& variables);

/// The distinct ends of many starts: value, state, how many started there, what lies in between.
std::string starts_text(const MinimizeStarts& found, const std::string& method);
std::string starts_json(const MinimizeStarts& found, const std::string& method);

/// The starts of a table run side by side, and what they say together.
std::string starts_text(const TableStarts& found);
std::string starts_json(const TableStarts& found);

}  // namespace downhill::cli
