#pragma once
#include <array>
#include <optional>
#include <string>

#include "downhill/losses/loss.h"
#include "downhill/tables/target.h"

namespace downhill {

/// What a table's target is: numbers, or classes, of which two are a kind of their own (a
/// probability, a threshold, two kinds of error).
enum class Task { numbers, two_classes, classes };
constexpr std::array<const char*, 3> words_of(Task) {
  return {"numbers", "two-classes", "classes"};
}

/// What a loss wants of a table's target, from what it takes for a prediction.
enum class Wants {
  number,       ///< any number; of two classes their probability
  quantity,     ///< a number that is never a class: a count, one with a variance, several quantiles
  two_classes,  ///< as 0 and 1
  classes       ///< as labels
};
Wants wants_of(const Loss& loss);

/// UsageError for a loss that no table of one target column can train: one that compares
/// predictions with each other, or takes boxes.
void check_takes_table(const Loss& loss);

struct TaskChoice {
  Task task;
  std::string
      reason;  ///< "quality holds 6 whole numbers from 3 with gaps; --task classes for classes"
};

/// The task, in this order: what was told; what the named loss takes; text or booleans are classes;
/// 0/1 are two classes; whole numbers are classes if they run from 0 or 1 without gaps, are at most 20,
/// each with at least 10 rows; everything else is numbers. The column becomes classes where it must.
/// DataError where task, loss and column do not fit together.
TaskChoice choose_task(TargetColumn& target, std::optional<Task> told, const Loss* named);

/// Whether the model puts out one number for the probability of the second of two classes.
bool one_output(Task task, const Loss& loss);
/// How many numbers the model puts out.
std::int64_t outputs_of(Task task, const Loss& loss, std::int64_t classes);

}  // namespace downhill
