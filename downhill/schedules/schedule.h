#pragma once
#include <array>
#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "downhill/core/options.h"

namespace downhill {

/// What a schedule is made from: a struct with a name and options, or with `at`.
template <class S>
concept ScheduleLike = requires(S& s) {
  s.at(std::int64_t{0});
}
|| requires {
  S::name;
  S::options();
};

/// A function of the step (0 for the first update): a value that composes, prints and reads back.
///
///     Schedule s = Warmup{.steps = 100, .then = Cosine{.start = 0.1, .end = 0, .steps = 1000}};
///     s(0); s.text(); Schedule::parse(s.text());
class Schedule {
 public:
  /// From a schedule struct: a plain aggregate with `name`, `options()` and `double at(step)`.
  template <ScheduleLike S>
  Schedule(S schedule);
  Schedule(double constant);
  Schedule() : Schedule(1.0) {}
  Schedule(const Schedule&) = default;  // a move is a copy: what was moved from is still a schedule
  Schedule& operator=(const Schedule&) = default;

  /// UsageError if it lasts the whole run and nobody said how long that is (`over`).
  double operator()(std::int64_t step) const { return model_->at(step); }
  /// "warmup:start=0,steps=100,then=(cosine:...)"; reads back exactly.
  std::string text() const { return model_->text(); }
  /// From that text; UsageError with the nearest known name or option.
  static Schedule parse(std::string_view text);
  /// The same with 0 steps, where that means "the whole run", replaced. What is left no step of
  /// the run, behind a warm-up as long as it, keeps its start value.
  Schedule over(std::int64_t steps) const { return model_->over(steps); }

 private:
  struct Model {
    virtual ~Model() = default;
    virtual double at(std::int64_t step) const = 0;
    virtual std::string text() const = 0;
    virtual Schedule over(std::int64_t steps) const = 0;
  };
  template <class S>
  struct Holder;
  std::shared_ptr<const Model> model_;
};

template <>
const OptionKind& option_kind<Schedule>();  // in parentheses

/// The length of a schedule that has `steps`; UsageError if it is 0, the whole run, and not yet
/// known.
inline double known_length(std::string_view schedule, std::int64_t steps) {
  if (steps == 0)
    throw_usage(schedule,
                "steps = 0 is the whole run, but nobody has said how long that is; give steps, or "
                "tell the optimizer: over(steps)");
  return static_cast<double>(steps);
}

template <class S>
struct Schedule::Holder final : Model {
  explicit Holder(S s) : schedule(std::move(s)) {}
  double at(std::int64_t step) const override { return schedule.at(step); }
  std::string text() const override { return spec_text(S::name, schedule); }
  Schedule over(std::int64_t steps) const override {
    S filled = schedule;
    if constexpr (requires { filled.fill(steps); }) filled.fill(steps);
    else if constexpr (requires { filled.steps; })
      if (filled.steps == 0) filled.steps = steps > 0 ? steps : 1;
    return filled;
  }
  S schedule;
};

template <ScheduleLike S>
Schedule::Schedule(S schedule) {
  constexpr bool named = requires {
    S::name;
    S::options();
  };
  constexpr bool has_at = requires(const S& s) {
    { s.at(std::int64_t{0}) } -> std::convertible_to<double>;
  };
  static_assert(named, "a schedule has a `name` and `options()`, which may be no_options()");
  static_assert(has_at, "a schedule has `double at(std::int64_t step) const`: its value at a step");
  if constexpr (named && has_at) {
    check_options(S::name, schedule);
    model_ = std::make_shared<Holder<S>>(std::move(schedule));
  }
}

}  // namespace downhill
