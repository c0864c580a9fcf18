#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace downhill::foreign {

/// A name and the number after it.
struct Pair {
  std::string name;
  double value;
};

/// The numbers of a line that a program printed, with their names. What stands behind a word such as
/// "Test set:" or "Validation" is of those rows: "Test set: Average loss: 0.5" is test_Average_loss.
std::vector<Pair> pairs_in(std::string_view line);

}  // namespace downhill::foreign
