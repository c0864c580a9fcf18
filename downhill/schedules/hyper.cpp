#include "downhill/schedules/hyper.h"

namespace downhill {

template <>
const OptionKind& option_kind<Hyper>() {
  static constexpr OptionKind kind = {
      [](std::string_view text, void* member) -> std::string {
        Hyper& value = *static_cast<Hyper*>(member);
        double number = 0;
        if (read_option(text, number).empty()) value = Hyper(number);
        else if (text.find_first_of("(:") != std::string_view::npos)
          value = Hyper(Schedule::parse(text));
        else return "a number or a schedule in parentheses";
        return "";
      },
      [](const void* member) { return static_cast<const Hyper*>(member)->text(); },
      [](const void* member, const Range& range) {
        const Hyper& value = *static_cast<const Hyper*>(member);
        return value.scheduled() || range.contains(value.at(0));
      }};
  return kind;
}

void fill_schedules(Options options, void* owner, std::int64_t steps) {
  const auto fill = [steps](auto& value) { value = value.over(steps); };
  for (const Option& option : options) {
    if (&option.kind() == &option_kind<Hyper>()) fill(*static_cast<Hyper*>(option.at(owner)));
    if (&option.kind() == &option_kind<Schedule>()) fill(*static_cast<Schedule*>(option.at(owner)));
  }
}

}  // namespace downhill
