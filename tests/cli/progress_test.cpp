#include "downhill/cli/progress.h"

#include <gtest/gtest.h>

namespace downhill {
namespace {

TEST(Progress, TheBarFitsTheTerminal) {
  EXPECT_EQ(cli::progress_line(0.5, "epoch 5/10", 76), "[#####     ]  50 %  epoch 5/10");
  EXPECT_EQ(cli::progress_line(0.5, "epoch 5/10", 40), " 50 %  epoch 5/10") << "no room for a bar";
  for (int width = 0; width < 200; ++width)
    EXPECT_LE(cli::progress_line(1, std::string(90, 'x'), width).size(),
              static_cast<std::size_t>(width));
  EXPECT_EQ(cli::progress_line(7, "", 72).substr(0, 8), "[######]");
  EXPECT_EQ(cli::progress_line(-1, "", 72).substr(0, 8), "[      ]");
}

TEST(Progress, Durations) {
  EXPECT_EQ(cli::duration(0.2), "0 s");
  EXPECT_EQ(cli::duration(59.4), "59 s");
  EXPECT_EQ(cli::duration(200), "3 min 20 s");
  EXPECT_EQ(cli::duration(7500), "2 h 5 min");
  EXPECT_EQ(cli::duration(-1), "0 s");
}

}  // namespace
}  // namespace downhill
