#include "downhill/train/task.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/losses/ordinal.h"
#include "downhill/train/head.h"

namespace downhill {
namespace {

constexpr std::int64_t kMostClasses = 20, kRowsOfClass = 10;  // of whole numbers that are classes

bool any_of(const Loss& loss, std::initializer_list<Takes> wanted) {
  return std::ranges::any_of(loss.takes(), [&](Takes t) {
    return std::find(wanted.begin(), wanted.end(), t) != wanted.end();
  });
}

bool is_numbers(const TargetColumn& target) { return target.kind == TargetColumn::Kind::numbers; }
bool is_pair(const TargetColumn& target, double low) {
  return is_numbers(target) && target.whole && target.distinct == 2 && target.low == low &&
         target.high == 1;
}
bool is_zero_one(const TargetColumn& target) { return is_pair(target, 0); }

std::string what_it_holds(const TargetColumn& target) {
  if (target.kind == TargetColumn::Kind::booleans) return "booleans";
  if (!is_numbers(target)) return fmt::format("{} labels", target.distinct);
  if (is_zero_one(target)) return "0 and 1";
  if (is_pair(target, -1)) return "-1 and 1";
  return target.whole ? fmt::format("{}{} whole numbers", target.distinct > 1000 ? "over " : "",
                                    std::min<std::int64_t>(target.distinct, 1000))
                      : "numbers";
}

[[noreturn]] void refuse(const TargetColumn& target, const std::string& why,
                         const std::string& remedy) {
  throw DataError(
      fmt::format("[train] {} holds {}; {}; {}", target.name, what_it_holds(target), why, remedy));
}

TaskChoice as_numbers(const TargetColumn& target, std::string reason) {
  if (target.kind == TargetColumn::Kind::text)
    refuse(target, "expected numbers", "use a loss of classes, or --task classes");
  return {Task::numbers, std::move(reason)};
}

TaskChoice as_classes(TargetColumn& target, std::string reason) {
  if (is_numbers(target)) {
    if (!target.whole)
      refuse(target, "expected classes, but they have fractions",
             "use a loss of numbers such as mse");
    target.become_classes();
  }
  return {target.distinct == 2 ? Task::two_classes : Task::classes, std::move(reason)};
}

TaskChoice as_two(TargetColumn& target, const std::string& who, std::string reason) {
  if (target.distinct != 2)
    refuse(target, fmt::format("{} needs two classes", who),
           is_numbers(target) ? "use mse or huber for numbers (of shares bce with --task "
                                "numbers), cross_entropy for classes"
                              : "use cross_entropy");
  return as_classes(target, std::move(reason));
}

TaskChoice by_loss(TargetColumn& target, const Loss& loss) {
  const std::string holds = fmt::format("{} holds {}", target.name, what_it_holds(target));
  const auto taken = [&](const char* what) {
    return fmt::format("{}, and {} takes {}", holds, loss.name(), what);
  };
  switch (wants_of(loss)) {
    case Wants::classes:
      return as_classes(target, taken("classes"));
    case Wants::two_classes:
      return as_two(target, loss.name(), taken("two classes"));
    case Wants::quantity:
      return as_numbers(target, taken("numbers"));
    case Wants::number:
      break;
  }
  const bool two = target.distinct == 2 && (!is_numbers(target) || is_zero_one(target));
  if (two)
    return as_classes(target, fmt::format("{}: p is the probability of the second; --task numbers "
                                          "for numbers",
                                          holds));
  if (target.kind == TargetColumn::Kind::text)
    refuse(target, fmt::format("{} takes numbers or two classes", loss.name()),
           "use cross_entropy");
  return as_numbers(target, taken("numbers"));
}

TaskChoice by_column(TargetColumn& target) {
  const std::string holds = fmt::format("{} holds {}", target.name, what_it_holds(target));
  const bool booleans = target.kind == TargetColumn::Kind::booleans;
  if (!is_numbers(target))
    return as_classes(target, booleans ? holds + "; --task numbers for numbers" : holds);
  if (is_zero_one(target) || is_pair(target, -1))
    return as_classes(target, holds + "; --task numbers for numbers");
  const bool run = target.whole && (target.low == 0 || target.low == 1) &&
                   target.high - target.low == static_cast<double>(target.distinct - 1);
  if (run && target.distinct <= kMostClasses && target.least_rows >= kRowsOfClass)
    return as_classes(target,
                      fmt::format("{} from {} without gaps, each in at least {} rows; --task "
                                  "numbers for a quantity",
                                  holds, target.low, kRowsOfClass));
  return {Task::numbers, target.whole ? holds + "; --task classes for classes" : holds};
}

}  // namespace

Wants wants_of(const Loss& loss) {
  if (any_of(loss, {Takes::class_logits, Takes::class_log_probabilities, Takes::cumulative_logits,
                    Takes::continuation_logits}))
    return Wants::classes;
  if (any_of(loss, {Takes::logit, Takes::probability})) return Wants::two_classes;
  const Takes first = takes_at(loss, 0);
  const bool several = loss.predictions() > 1 || loss.columns() > 1 || loss.entries() > 1;
  return first == Takes::positive || first == Takes::log_rate || several ? Wants::quantity
                                                                         : Wants::number;
}

void check_takes_table(const Loss& loss) {
  if (!loss.has_target() || any_of(loss, {Takes::embedding}))
    throw_usage("train",
                loss.name() + " compares predictions with each other; a table has a target");
  if (any_of(loss, {Takes::distance}))
    throw_usage("train", loss.name() +
                             " takes distances of pairs, which are small where the target "
                             "is 1; a table's model predicts none; hinge takes scores");
  if (loss.targets() > 1)
    throw_usage("train", fmt::format("{} takes {} targets; a table's target is one column",
                                     loss.name(), loss.targets()));
  if (any_of(loss, {Takes::class_cosines}))
    throw_usage("train", loss.name() + " takes the cosines of an nn::CosineClassifier, in C++");
  if (wants_of(loss) == Wants::classes && !loss.takes_labels())
    throw_usage("train", loss.name() +
                             " takes a number for each class or document as target; a "
                             "table's target is one column");
  if (any_of(loss, {Takes::box}))
    throw_usage("train", loss.name() + " takes boxes; a table's target is one column");
  if (wants_of(loss) == Wants::two_classes && loss.entries() > 1)
    throw_usage("train",
                fmt::format("{} has an option of {} entries, one for each label; a table's "
                            "target is one column",
                            loss.name(), loss.entries()));
}

TaskChoice choose_task(TargetColumn& target, std::optional<Task> told, const Loss* named) {
  const double size = std::max(std::abs(target.low), std::abs(target.high));
  if (target.distinct < 2 && is_numbers(target) && size >= 0x1p53)
    throw DataError(fmt::format(
        "[train] the numbers of the target {} differ in less than a double holds at {:.3g} (above "
        "2^53, about 9e15, not every whole number); expected numbers that differ; subtract their "
        "first, or name another --target",
        target.name, size));
  if (target.distinct < 2)
    throw DataError(fmt::format(
        "[train] the target {} has one value only; there is nothing to learn", target.name));
  if (!told) return named != nullptr ? by_loss(target, *named) : by_column(target);
  const TaskChoice choice = *told == Task::numbers ? as_numbers(target, "as told")
                            : *told == Task::two_classes
                                ? as_two(target, "--task two-classes", "as told")
                                : as_classes(target, "as told");
  if (named == nullptr) return choice;
  const Wants wants = wants_of(*named);
  // Of a number in [0, 1] a loss of probabilities is one of shares.
  const bool shares = named->takes()[0] == Takes::probability && choice.task == Task::numbers;
  const bool fits = shares                     ? true
                    : wants == Wants::number   ? choice.task != Task::classes
                    : wants == Wants::quantity ? choice.task == Task::numbers
                    : wants == Wants::classes  ? choice.task != Task::numbers
                                               : choice.task == Task::two_classes;
  if (!fits)
    throw_usage("train", fmt::format("{} does not fit --task {}", named->name(), text_of(*told)));
  return choice;
}

bool one_output(Task task, const Loss& loss) {
  return task == Task::two_classes && wants_of(loss) != Wants::classes;
}

std::int64_t outputs_of(Task task, const Loss& loss, std::int64_t classes) {
  if (task == Task::numbers) return outputs_for_number(loss);
  if (is_ordinal(loss.takes()[0])) return classes - 1;
  return one_output(task, loss) ? 1 : classes;
}

}  // namespace downhill
