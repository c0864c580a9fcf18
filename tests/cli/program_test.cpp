#include <gtest/gtest.h>

#include "downhill/cli/commands.h"
#include "downhill/core/version.h"
#include "tests/cli/program_support.h"
#include "tests/io/file_support.h"

namespace downhill {
namespace {

using testing_cli::data_file;
using testing_cli::expect_refused;
using testing_cli::run;
using testing_files::Directory;

TEST(Program, HelpAndVersion) {
  const auto help = run({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_EQ(help.err, "");
  for (const cli::Command& command : cli::kCommands)
    EXPECT_NE(help.out.find(std::string("\n  ") + command.name + " "), std::string::npos);
  EXPECT_NE(help.out.find("Exit codes:"), std::string::npos);
  EXPECT_EQ(run({"--version"}).out, std::string("downhill ") + kVersion + "\n");
}

TEST(Program, EveryCommandHasHelpWithDefaultsExitCodesAndAnExample) {
  for (const cli::Command& command : cli::kCommands) {
    const auto help = run({command.name, "--help"});
    EXPECT_EQ(help.code, 0) << command.name;
    EXPECT_EQ(help.err, "") << command.name;
    for (const std::string word :
         {"Usage: downhill ", "[default: ", "Exit codes:", "--threads", "--quiet"})
      EXPECT_NE(help.out.find(word), std::string::npos) << command.name << ": " << word;
    const std::string example = std::string("Example:\n  downhill ") + command.name + " ";
    EXPECT_NE(help.out.find(example), std::string::npos) << help.out;
    EXPECT_EQ(run({command.name, "-h"}).out, help.out);
  }
}

TEST(Program, RefusesUnknownCommands) {
  expect_refused({
      {{}, 2, "a command is missing"},
      {{""}, 2, "unknown command"},
      {{"trian"}, 2, "did you mean 'train'?"},
      {{"--verson"}, 2, "did you mean '--version'?"},
      {{"--json", "loss"}, 2, "unknown option"},
      {{"\x1b[31m"}, 2, "\\x1b[31m"},
      {{"a\nb"}, 2, "unknown command"},
      {{std::string(100000, 'y')}, 2, "unknown command"},
      {{"train\xff"}, 2, "unknown command"},
      {{"LOSS"}, 2, "unknown command"},
  });
}

TEST(Program, StandardOutputThatCannotBeWritten) {
  const std::vector<std::vector<std::string>> commands = {
      {"list"},
      {"--help"},
      {"loss", "--help"},
      {"loss", "mse", "--prediction", "1", "--target", "2", "--json"}};
  for (const auto& words : commands) {
    const auto full = run(words, {.out = "/dev/full"});
    EXPECT_EQ(full.code, 5);
    EXPECT_NE(full.err.find("No space left"), std::string::npos) << full.err;
    const auto closed = run(words, {.close_out = true});
    EXPECT_EQ(closed.code, 5);
    EXPECT_NE(closed.err.find("standard output"), std::string::npos) << closed.err;
  }
}

TEST(Program, NoMemory) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the sanitizer ends the process where memory is refused";
#endif
  const Directory place;
  expect_refused({{{"train", data_file("diabetes.csv"), "--target", "target", "--out",
                    place / "run", "--model", "mlp:1000000,1000000,1000000", "--quiet"},
                   7,
                   "out of memory"}});
}

}  // namespace
}  // namespace downhill
