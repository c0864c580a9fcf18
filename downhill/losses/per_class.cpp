#include "downhill/losses/per_class.h"

namespace downhill {
namespace {

std::vector<double>& values_of(void* member) { return static_cast<PerClass*>(member)->values; }
const std::vector<double>& values_of(const void* member) {
  return static_cast<const PerClass*>(member)->values;
}

}  // namespace

template <>
const OptionKind& option_kind<PerClass>() {
  static const OptionKind& list = option_kind<std::vector<double>>();
  static constexpr OptionKind kind = {
      [](std::string_view text, void* member) -> std::string {
        std::vector<double> read;
        std::string expected = list.read(text, &read);
        if (!expected.empty()) return expected;
        if (read.empty()) return "a number, or one for each class: 1;5;20";
        values_of(member) = std::move(read);
        return expected;
      },
      [](const void* member) { return list.print(&values_of(member)); },
      [](const void* member, const Range& range) {
        return !values_of(member).empty() && list.valid(&values_of(member), range);
      }};
  return kind;
}

}  // namespace downhill
