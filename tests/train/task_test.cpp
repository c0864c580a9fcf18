#include "downhill/train/task.h"

#include <gtest/gtest.h>

#include "downhill/core/error.h"
#include "downhill/losses/list.h"
#include "downhill/tables/table.h"
#include "tests/io/file_support.h"

// What a target is, from its column, the loss and what was told.

namespace downhill {
namespace {

using testing_files::Directory;
using testing_files::put;

TargetColumn column(const std::vector<std::string>& cells) {
  const Directory place;
  std::string text = "x,y\n";
  for (std::size_t i = 0; i < cells.size(); ++i) text += std::to_string(i) + "," + cells[i] + "\n";
  put(place / "t.csv", text);
  const Table table = read_table(place / "t.csv");
  return read_target(table, 1);
}

/// `each` in turn, `count` rows of each.
std::vector<std::string> rows_of(const std::vector<std::string>& each, int count) {
  std::vector<std::string> cells;
  for (int i = 0; i < count; ++i) cells.insert(cells.end(), each.begin(), each.end());
  return cells;
}

std::string task(const std::vector<std::string>& cells, const char* loss = "",
                 std::optional<Task> told = {}) {
  TargetColumn target = column(cells);
  try {
    const std::optional<Loss> named =
        *loss == '\0' ? std::optional<Loss>() : std::optional(Loss::parse(loss));
    return text_of(choose_task(target, told, named ? &*named : nullptr).task);
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(Task, FollowsFromTheColumnAsAWhole) {
  EXPECT_EQ(task(rows_of({"red", "green", "blue"}, 5)), "classes");
  EXPECT_EQ(task(rows_of({"no", "yes"}, 5)), "two-classes");
  EXPECT_EQ(task(rows_of({"true", "false"}, 5)), "two-classes");
  EXPECT_EQ(task(rows_of({"0", "1"}, 5)), "two-classes");
  EXPECT_EQ(task(rows_of({"-1", "1"}, 5)), "two-classes");
  EXPECT_EQ(task(rows_of({"-1", "1"}, 5), "log(1+exp(-y*p))"),
            "numbers");  // a formula says what y is
  EXPECT_EQ(task(rows_of({"-1", "2"}, 5)), "numbers");
  EXPECT_EQ(task(rows_of({"0", "1", "2"}, 10)), "classes");
  EXPECT_EQ(task(rows_of({"1", "2", "3"}, 10)), "classes");
  EXPECT_EQ(task(rows_of({"1", "2", "3"}, 9)), "numbers");   // too few rows of each
  EXPECT_EQ(task(rows_of({"1", "2", "4"}, 10)), "numbers");  // a gap
  EXPECT_EQ(task(rows_of({"2", "3", "4"}, 10)), "numbers");  // not from 0 or 1
  EXPECT_EQ(task(rows_of({"0", "1", "2.5"}, 10)), "numbers");
  std::vector<std::string> many;
  for (int i = 0; i <= 20; ++i) many.push_back(std::to_string(i));
  EXPECT_EQ(task(rows_of(many, 10)), "numbers");  // 21 values
  many.pop_back();
  EXPECT_EQ(task(rows_of(many, 10)), "classes");  // 20
  EXPECT_NE(task(rows_of({"3"}, 5)).find("one value only"), std::string::npos);
}

TEST(Task, FollowsFromTheLossBeforeTheColumn) {
  const auto counts = rows_of({"0", "1", "2"}, 10);
  EXPECT_EQ(task(counts, "mse"), "numbers");
  EXPECT_EQ(task(counts, "poisson_nll"), "numbers");
  EXPECT_EQ(task(counts, "cross_entropy"), "classes");
  EXPECT_NE(task(counts, "bce_with_logits").find("two classes"), std::string::npos);
  for (const auto& two : {rows_of({"0", "1"}, 9), rows_of({"no", "yes"}, 9)}) {
    EXPECT_EQ(task(two, "mse"), "two-classes");
    EXPECT_EQ(task(two, "(p-y)^2"), "two-classes");
    EXPECT_EQ(task(two, "bce_with_logits"), "two-classes");
    EXPECT_EQ(task(two, "cross_entropy"), "two-classes");
  }
  EXPECT_EQ(task(rows_of({"0", "1"}, 9), "poisson_nll"), "numbers");
  EXPECT_EQ(task(rows_of({"0", "1"}, 9), "gaussian_nll"), "numbers");
  EXPECT_NE(task(rows_of({"a", "b", "c"}, 9), "mse").find("cross_entropy"), std::string::npos);
  EXPECT_NE(task(rows_of({"a", "b"}, 9), "poisson_nll").find("expected numbers"),
            std::string::npos);
  EXPECT_NE(task({"0.5", "1.5", "2.5"}, "cross_entropy").find("fractions"), std::string::npos);
}

TEST(Task, IsWhatWasTold) {
  EXPECT_EQ(task(rows_of({"0", "1"}, 9), "", Task::numbers), "numbers");
  EXPECT_EQ(task(rows_of({"0", "1"}, 9), "mse", Task::numbers), "numbers");
  EXPECT_EQ(task(rows_of({"3", "7"}, 9), "", Task::two_classes), "two-classes");
  EXPECT_EQ(task(rows_of({"3", "7", "9"}, 9), "", Task::classes), "classes");
  EXPECT_NE(task(rows_of({"a", "b"}, 9), "", Task::numbers).find("expected numbers"),
            std::string::npos);
  EXPECT_NE(task(rows_of({"1", "2", "3"}, 9), "", Task::two_classes).find("two classes"),
            std::string::npos);
  EXPECT_NE(task(rows_of({"1", "2", "3"}, 9), "mse", Task::classes).find("does not fit"),
            std::string::npos);
}

TEST(Task, RefusesLossesThatNoColumnIsATargetFor) {
  for (const char* loss : {"triplet", "sup_con", "giou", "listnet", "lambda_rank", "ctc", "cox_ph"})
    EXPECT_THROW(check_takes_table(Loss::parse(loss)), UsageError) << loss;
  for (const char* loss :
       {"mse", "gaussian_nll", "hinge", "nll", "cross_entropy", "ldam", "tweedie"})
    EXPECT_NO_THROW(check_takes_table(Loss::parse(loss))) << loss;
}

}  // namespace
}  // namespace downhill
