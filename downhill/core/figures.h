#pragma once
#include <string>
#include <utility>
#include <vector>

namespace downhill {

/// Numbers with names, in the order in which they were given.
using NamedNumbers = std::vector<std::pair<std::string, double>>;

/// Where the figure of that name lies with 95 % confidence.
struct Interval {
  std::string name = {};
  double low = 0, high = 0;
};

}  // namespace downhill
