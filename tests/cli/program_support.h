#pragma once
#include <sys/types.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace downhill::testing_cli {

/// What a run of the tool left.
struct Outcome {
  int code = -1;  ///< exit code; 128 + signal for a process that a signal ended
  std::string out, err;
};

/// Where a run happens, and where its standard output goes.
struct Setting {
  std::filesystem::path directory = {};  ///< working directory
  std::string out = {};                  ///< file that takes stdout; empty: Outcome::out
  bool close_out = false;                ///< stdout is closed
};

/// The tool, started in the background.
class Running {
 public:
  Running(const std::vector<std::string>& arguments, const Setting& setting);
  void signal(int number) const;
  Outcome wait();

 private:
  pid_t process_ = -1;
  std::filesystem::path out_, err_;
};

/// Runs the built `downhill` with these arguments.
Outcome run(const std::vector<std::string>& arguments, const Setting& setting = {});

/// The one JSON object on standard output; fails the test if there is anything else.
nlohmann::json json_of(const Outcome& outcome);

/// One wrong command: the exit code, and what the one error line must say.
struct Wrong {
  std::vector<std::string> arguments;
  int code;
  std::string message;
};
/// Each must give its exit code, one line "downhill: error: ..." and nothing on standard output.
void expect_refused(const std::vector<Wrong>& all);

std::string data_file(const std::string& name);  ///< bundled data

}  // namespace downhill::testing_cli
