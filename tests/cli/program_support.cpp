#include "tests/cli/program_support.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace downhill::testing_cli {
namespace {

std::string take(const std::filesystem::path& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  std::filesystem::remove(path);
  return text.str();
}

}  // namespace

Running::Running(const std::vector<std::string>& arguments, const Setting& setting) {
  static int counter = 0;
  const std::string base =
      ::testing::TempDir() + "cli_" + std::to_string(::getpid()) + "_" + std::to_string(counter++);
  out_ = base + ".out";
  err_ = base + ".err";
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  const std::string out = setting.out.empty() ? out_.string() : setting.out;
  if (setting.close_out) posix_spawn_file_actions_addclose(&actions, 1);
  else posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), kFlags, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, err_.c_str(), kFlags, 0600);
  if (!setting.directory.empty())
    posix_spawn_file_actions_addchdir_np(&actions, setting.directory.c_str());

  std::vector<std::string> words = {DOWNHILL_CLI};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const int failure =
      posix_spawn(&process_, DOWNHILL_CLI, &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  EXPECT_EQ(failure, 0) << "cannot start " << DOWNHILL_CLI;
}

void Running::signal(int number) const { ::kill(process_, number); }

Outcome Running::wait() {
  int status = 0;
  ::waitpid(process_, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), take(out_), take(err_)};
}

Outcome run(const std::vector<std::string>& arguments, const Setting& setting) {
  return Running(arguments, setting).wait();
}

nlohmann::json json_of(const Outcome& outcome) {
  EXPECT_EQ(outcome.out.find('\n'), outcome.out.size() - 1)
      << "more than one line: " << outcome.out;
  const auto json = nlohmann::json::parse(outcome.out, nullptr, false);
  EXPECT_TRUE(json.is_object()) << outcome.out << outcome.err;
  return json;
}

void expect_refused(const std::vector<Wrong>& all) {
  for (const Wrong& wrong : all) {
    std::string command;
    for (const std::string& word : wrong.arguments) command += word.substr(0, 100) + " ";
    const Outcome outcome = run(wrong.arguments);
    EXPECT_EQ(outcome.code, wrong.code) << command << "\n" << outcome.err.substr(0, 500);
    EXPECT_EQ(outcome.out, "") << command;
    const std::size_t begin = outcome.err.rfind("downhill: error: ");
    ASSERT_NE(begin, std::string::npos) << command << "\n" << outcome.err.substr(0, 500);
    const std::string line = outcome.err.substr(begin);
    EXPECT_NE(line.find(wrong.message), std::string::npos)
        << command << "\n"
        << line.substr(0, 500) << "has no: " << wrong.message;
    EXPECT_LT(line.size(), 2000u) << command;
    EXPECT_EQ(line.back(), '\n');
  }
}

std::string data_file(const std::string& name) {
  return std::string(DOWNHILL_SOURCE_DIR) + "/data/" + name;
}

}  // namespace downhill::testing_cli
