// What `train` says on screen: few lines, whatever there is to say, and the figures last.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/cli/program_support.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_cli::run;
using Words = std::vector<std::string>;
constexpr std::ptrdiff_t kMostLines = 12;

// Dates, missing cells, a constant, two classes that overlap: all that asks for a line.
std::string table() {
  std::string text = "day,size,unit,kept\n";
  for (int i = 0; i < 200; ++i)
    text += "2024-03-" + std::to_string(10 + i % 20) + "," +
            (i % 9 == 0 ? "" : std::to_string(i * 37 % 101)) + ",kg," +
            ((i * 37 % 101 > 50) != (i % 7 == 0) ? "yes" : "no") + "\n";
  return text;
}

std::string screen_of(const Words& more) {
  const testing_files::Directory place;
  testing_files::put(place / "t.csv", table());
  Words words = {"train", place / "t.csv", "--target", "kept", "--out", place / "run"};
  words.insert(words.end(), more.begin(), more.end());
  const auto outcome = run(words);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return outcome.err + outcome.out;
}

TEST(TrainScreen, HasAtMostTwelveLines) {
  for (Words more : {Words{}, Words{"--optimizer", "sgd:lr=1e-7"},
                     Words{"--epochs", "400", "--schedule", "constant"}}) {
    more.insert(more.end(),
                {"--doctor", "off"});  // what appears while it trains is news, a line each
    const std::string screen = screen_of(more);
    EXPECT_LE(std::ranges::count(screen, '\n'), kMostLines) << screen;
  }
}

TEST(TrainScreen, SaysWhatMattersAndTheFiguresLast) {
  const std::string screen = screen_of({});
  for (const char* part :
       {"-> kept (two-classes: ", "day: date (ymd)", "unit: left out: constant", "missing",
        "at the threshold 0.5: ", "report.html", "train (120)", "validation (40)", "test (40)"})
    EXPECT_NE(screen.find(part), std::string::npos) << part << "\n" << screen;
  const std::size_t last = screen.rfind('\n', screen.size() - 2) + 1;
  EXPECT_TRUE(screen.substr(last).starts_with("best constant")) << screen;
}

}  // namespace
}  // namespace downhill
