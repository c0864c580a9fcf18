#include "downhill/schedules/hyper.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/core/error.h"

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

Schedule within_range(std::string_view name, const Schedule& given, const Range& range,
                      std::int64_t steps) {
  constexpr std::int64_t kAsked = 100;
  Schedule schedule = given.over(steps);
  for (std::int64_t i = 0; i < kAsked; ++i) {
    const std::int64_t step = i * std::max<std::int64_t>(steps - 1, 0) / (kAsked - 1);
    if (const double value = schedule(step); !range.contains(value))
      throw_usage("schedule", fmt::format("{} gives {} = {} at step {} of {}; expected {}",
                                          schedule.text(), name, value, step, steps, range.text()));
  }
  return schedule;
}

void fill_schedules(Options options, void* owner, std::int64_t steps) {
  for (const Option& option : options) {
    if (&option.kind() == &option_kind<Hyper>()) {
      Hyper& hyper = *static_cast<Hyper*>(option.at(owner));
      if (const auto& own = hyper.schedule())
        hyper = within_range(option.name, *own, option.range, steps);
    }
    if (&option.kind() == &option_kind<Schedule>()) {
      Schedule& schedule = *static_cast<Schedule*>(option.at(owner));
      schedule = schedule.over(steps);
    }
  }
}

}  // namespace downhill
