#include "downhill/schedules/schedule.h"

#include "downhill/schedules/list.h"

namespace downhill {

Schedule::Schedule(double constant) : Schedule(Constant{constant}) {}

Schedule Schedule::parse(std::string_view text) {
  if (text.size() >= 2 && text.front() == '(' && text.back() == ')')
    text = text.substr(1, text.size() - 2);
  double number = 0;
  if (read_option(text, number).empty()) return Schedule(number);
  if (text.size() > 10000) throw UsageError("a schedule of more than 10,000 characters is refused");
  const Spec spec = parse_spec(text, "schedule");
  Schedule result;
  bool known = false;
  Schedules::for_each([&]<class S>() {
    if (spec.name != S::name) return;
    S schedule;
    read_options(S::name, schedule, spec);
    result = schedule;
    known = true;
  });
  if (!known) throw_unknown("schedule", spec.name, Schedules::names());
  return result;
}

std::string read_option(std::string_view text, Schedule& value) {
  value = Schedule::parse(text);
  return "";
}

std::string print_option(const Schedule& value) { return "(" + value.text() + ")"; }

}  // namespace downhill
