#pragma once
#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

#include "downhill/core/options.h"

namespace downhill {

/// An option that is one number, or one for each class (column of the last axis): `10`, or
/// `{1, 5, 20}`; as text `10` or `1;5;20`. A formula that takes its `column` reads it by
/// `column(option)`.
struct PerClass {
  std::vector<double> values;

  PerClass(double one) : values{one} {}
  PerClass(std::initializer_list<double> several) : values(several) {}
  PerClass(std::vector<double> several) : values(std::move(several)) {}

  std::size_t size() const { return values.size(); }
};
template <>
const OptionKind& option_kind<PerClass>();

}  // namespace downhill
