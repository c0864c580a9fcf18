// What does not fit in a file is told with that file's name, and its place where there is one, by
// every command that reads tables.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/cli/program_support.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_cli::expect_refused;
using testing_cli::run;
using Words = std::vector<std::string>;

std::string rows(int count, const std::vector<std::string>& labels) {
  std::string text = "x,w,g,y\n";
  for (int i = 0; i < count; ++i)
    text += std::to_string(i * 37 % 11) + ",0,one," +
            labels[static_cast<std::size_t>(i) % labels.size()] + "\n";
  return text;
}

TEST(DataRefusals, NameTheirFile) {
  const testing_files::Directory place;
  const std::string two = place / "two.csv", one = place / "one.csv", three = place / "three.csv";
  testing_files::put(two, rows(40, {"a", "b"}));
  testing_files::put(one, rows(40, {"a"}));
  testing_files::put(three, rows(40, {"a", "b", "c"}));
  const std::string trained = place / "run", out = place / "other";
  ASSERT_EQ(run({"train", two, "--target", "y", "--out", trained, "--epochs", "1"}).code, 0);
  const auto train = [&](const std::string& data, const Words& more) {
    Words words = {"train", data, "--target", "y", "--out", out};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  const std::string unknown = three + ":4:9: the class 'c' of y is not among";
  expect_refused({
      {train(one, {}), 3, one + ": the target y has one value only"},
      {{"advise", one, "--target", "y"}, 3, one + ": the target y has one value only"},
      {train(two, {"--weight", "w"}), 3, two + ": the weights in w add up to 0"},
      {train(two, {"--split-by-group", "g"}), 3,
       two + ": there are 1 groups for 3 parts; expected"},
      {train(two, {"--class-weight", "a=2,q=3"}), 3,
       two + ": --class-weight: there is no class 'q'"},
      {train(two, {"--class-order", "b,q"}), 3, two + ": class_order is 'b,q'"},
      {train(two, {"--task", "numbers"}), 3, two + ": y holds 2 labels"},
      {{"train", two, "--target", "x", "--out", out, "--loss", "y-p"},
       3,
       two + ": the loss y-p of x has no minimum"},
      {{"train", two, "--target", "x", "--out", out, "--loss", "bce"}, 3, two + ": x holds"},
      {{"train", two, "--target", "x", "--out", out, "--class-weight", "balanced"},
       3,
       two + ": --class-weight is for classes"},
      {train(two, {"--validation", three}), 3, unknown},
      {{"evaluate", trained, three}, 3, unknown},
      {{"curvature", trained, "--data", three}, 3, unknown},
      {{"lr-find", one, "--target", "y"}, 3, one + ": the target y has one value only"},
  });
}

TEST(DataRefusals, EvaluateSaysWhetherItIsTheTableOfTheTraining) {
  const testing_files::Directory place;
  testing_files::put(place / "mine.csv", rows(40, {"a", "b"}));
  testing_files::put(place / "other.csv", rows(38, {"a", "b"}));
  ASSERT_EQ(
      run({"train", place / "mine.csv", "--target", "y", "--out", place / "run", "--epochs", "1"})
          .code,
      0);
  EXPECT_NE(
      run({"evaluate", place / "run", place / "mine.csv"}).err.find("is the table of the training"),
      std::string::npos);
  EXPECT_NE(run({"evaluate", place / "run", place / "other.csv"})
                .err.find("is another table than that of the training"),
            std::string::npos);
}

// Shares in [0, 1] are numbers that a loss of probabilities takes.
TEST(DataRefusals, SharesAreLearntByCrossEntropyWhereTheyAreToldToBeNumbers) {
  const testing_files::Directory place;
  std::string text = "x,y\n";
  for (int i = 0; i < 200; ++i) {
    const double x = i * 37 % 101 / 101.0;
    text += std::to_string(x) + "," + std::to_string(std::clamp(1.4 * x - 0.2, 0.0, 1.0)) + "\n";
  }
  testing_files::put(place / "shares.csv", text);
  const Words words = {"train", place / "shares.csv", "--target", "y",     "--loss", "bce",
                       "--out", place / "run",        "--quiet",  "--json"};
  Words told = words;
  told.insert(told.end(), {"--task", "numbers", "--optimizer", "adamw:lr=0.02", "--epochs", "200"});
  expect_refused({{words, 3, "of shares bce with --task numbers"}});
  const auto json = testing_cli::json_of(run(told));
  EXPECT_EQ(json["ended"], "steps_done");
  EXPECT_GT(json["test"]["metrics"]["r2"].get<double>(), 0.95);
  const auto predicted =
      testing_cli::json_of(run({"predict", place / "run", place / "shares.csv", "--json"}));
  for (const double p : predicted["prediction"]) EXPECT_TRUE(p >= 0 && p <= 1) << p;
  const auto advice =
      testing_cli::json_of(run({"advise", place / "shares.csv", "--target", "y", "--json"}));
  EXPECT_EQ(advice["proposals"][0]["loss"], "bce");
  EXPECT_NE(advice["proposals"][0]["command"].get<std::string>().find("--task numbers"),
            std::string::npos);
}

// "none" is a missing value, unless it is told to be a class, in quotes or by the order of classes.
TEST(DataRefusals, AClassMayLookLikeAMissingValue) {
  const testing_files::Directory place;
  const std::string plain = place / "plain.csv", quoted = place / "quoted.csv";
  testing_files::put(plain, rows(60, {"none", "mild", "severe"}));
  testing_files::put(quoted, rows(60, {"\"none\"", "mild", "severe"}));
  const std::string trained = place / "run";
  expect_refused(
      {{{"train", plain, "--target", "y", "--out", trained},
        3,
        plain + ":2:9: 20 of 60 rows have no value in 'y' ('none' is none; in quotes, or "
                "named by --class-order, it is a class)"}});
  const auto train = [&](const std::string& data, const Words& more) {
    Words words = {"train",       data,       "--target", "y",       "--out", trained,
                   "--overwrite", "--epochs", "3",        "--quiet", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return testing_cli::json_of(run(words));
  };
  const auto by_order = train(plain, {"--class-order", "none,mild,severe"});
  EXPECT_EQ(by_order["test"]["classes"], (Words{"none", "mild", "severe"}));
  EXPECT_EQ(train(quoted, {})["test"]["classes"], (Words{"mild", "none", "severe"}));
  // What the model knows as a class is one in every further table.
  EXPECT_EQ(testing_cli::json_of(run({"evaluate", trained, plain, "--json", "--quiet"}))["rows"],
            60);
}

}  // namespace
}  // namespace downhill
