#include "downhill/core/error.h"

#include "tests/support/errors.h"

namespace downhill {
namespace {

TEST(Error, AllKindsAreErrors) {
  EXPECT_THROW(throw_usage("op", "text"), Error);
  EXPECT_THROW(throw_data("op", "text"), DataError);
  EXPECT_EQ(FileError(FileError::Kind::model, "x").kind(), FileError::Kind::model);
  expect_usage([] { throw_usage("mse", "prediction is wrong"); }, "[mse] prediction is wrong");
}

TEST(Error, NearestFindsTypingErrors) {
  const std::vector<std::string> known = {"huber", "mse", "cross_entropy"};
  EXPECT_EQ(nearest("hubber", known), "huber");
  EXPECT_EQ(nearest("cross_entrpy", known), "cross_entropy");
  EXPECT_EQ(nearest("msee", known), "mse");
  EXPECT_EQ(nearest("mes", known), "mse");  // neighbours swapped are one error
  EXPECT_EQ(nearest("rl", std::vector<std::string>{"lr"}), "lr");
  EXPECT_EQ(nearest("zzzzzzzz", known), "");
  EXPECT_EQ(nearest("e", known), "");
  EXPECT_EQ(nearest("q", std::vector<std::string>{"x", "y"}), "");
  EXPECT_EQ(nearest("foo", std::vector<std::string>{"log", "exp"}), "");
  EXPECT_EQ(nearest("", known).size(), nearest("", known).size());
  EXPECT_EQ(nearest(std::string(100000, 'x'), known), "");
  EXPECT_EQ(nearest("x", {}), "");
}

TEST(Error, UnknownNamesTheNearestAndTheKnown) {
  const std::vector<std::string> known = {"huber", "mse"};
  expect_usage([&] { throw_unknown("loss", "hubber", known); }, "unknown loss 'hubber'",
               "did you mean 'huber'?", "known: huber, mse");
  const std::string long_name(5000, 'q');
  EXPECT_LT(usage_message([&] { throw_unknown("loss", long_name, known); }).size(), 300u);
}

}  // namespace
}  // namespace downhill
