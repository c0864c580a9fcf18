#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "downhill/schedules/schedule.h"

namespace downhill {

/// A hyperparameter: a number, or a schedule of numbers.
///
///     SGD{.lr = 0.1}    SGD{.lr = Cosine{.start = 0.1, .steps = 1000}}
class Hyper {
 public:
  Hyper(double number) : number_(number) {}
  Hyper(Schedule schedule) : schedule_(std::move(schedule)) {}
  template <ScheduleLike S>
  Hyper(S schedule) : schedule_(Schedule(std::move(schedule))) {}

  /// The value at a step (0 for the first update).
  double at(std::int64_t step) const { return schedule_ ? (*schedule_)(step) : number_; }
  /// With a schedule of 0 steps lasting so many.
  Hyper over(std::int64_t steps) const { return schedule_ ? Hyper(schedule_->over(steps)) : *this; }
  bool scheduled() const { return schedule_.has_value(); }
  const std::optional<Schedule>& schedule() const { return schedule_; }
  /// False for the plain number 0: what is scaled by it can be left out.
  bool matters() const { return scheduled() || number_ != 0; }
  std::string text() const { return schedule_ ? print_option(*schedule_) : print_option(number_); }

 private:
  double number_ = 0;
  std::optional<Schedule> schedule_;
};

template <>
const OptionKind& option_kind<Hyper>();

/// The schedule over a run of so many steps; UsageError if it leaves the range at one of a hundred of
/// them.
Schedule within_range(std::string_view name, const Schedule& schedule, const Range& range,
                      std::int64_t steps);

/// Hyperparameters and schedules among the options whose schedule has 0 steps: the whole run, of so
/// many. UsageError if the schedule of a hyperparameter leaves the option's range.
void fill_schedules(Options options, void* owner, std::int64_t steps);

}  // namespace downhill
