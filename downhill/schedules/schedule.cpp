#include "downhill/schedules/schedule.h"

#include "downhill/schedules/list.h"

namespace downhill {

Schedule::Schedule(double constant) : Schedule(Constant{constant}) {}

Schedule Schedule::parse(std::string_view text) {
  text = without_parentheses(text);
  double number = 0;
  if (read_option(text, number).empty()) return Schedule(number);
  if (text.size() > 10000) throw UsageError("a schedule of more than 10,000 characters is refused");
  const Spec spec = parse_spec(text, "schedule");
  Schedule result;
  const bool known = Schedules::with(spec.name, [&]<class S>() {
    S schedule;
    read_options(S::name, schedule, spec);
    result = schedule;
  });
  if (!known) throw_unknown("schedule", spec.name, Schedules::names());
  return result;
}

template <>
const OptionKind& option_kind<Schedule>() {
  static constexpr OptionKind kind = {
      [](std::string_view text, void* member) -> std::string {
        *static_cast<Schedule*>(member) = Schedule::parse(text);
        return "";
      },
      [](const void* member) { return "(" + static_cast<const Schedule*>(member)->text() + ")"; },
      [](const void*, const Range&) { return true; }};
  return kind;
}

}  // namespace downhill
