#include "downhill/runlog/train_command.h"

#include <gtest/gtest.h>

namespace downhill {
namespace {

TEST(TrainOptions, AreThoseThatMakeTheSameRun) {
  const Config config = {{"data", "t.csv"},   {"table", "f00d"},   {"rows", "10 train"},
                         {"loss", "huber"},   {"number", "a,b c"}, {"header", "yes"},
                         {"patience", "0"},   {"test", "0.2"},     {"validation", "0.1"},
                         {"cost_missed", "3"}};
  EXPECT_EQ(train_options(config),
            " --loss huber --cost-missed 3 --number 'a,b c' --validation 0.1 --header");
  EXPECT_EQ(train_options(config, Told::table), " --number 'a,b c' --validation 0.1 --header");
  EXPECT_EQ(train_options({{"header", "no"}, {"test", "0.2"}, {"test_file", "later.csv"}}),
            " --test later.csv --no-header");
  EXPECT_EQ(train_options({}), "");
}

}  // namespace
}  // namespace downhill
