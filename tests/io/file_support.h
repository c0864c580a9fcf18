#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

#include "downhill/core/error.h"

namespace downhill::testing_files {

/// A directory of its own for one test, removed at its end.
class Directory {
 public:
  Directory() {
    static int counter = 0;
    path_ = std::filesystem::path(::testing::TempDir()) /
            ("files_" + std::to_string(::getpid()) + "_" + std::to_string(counter++));
    std::filesystem::create_directories(path_);
  }
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }
  std::size_t entries() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(path_)) ++count;
    return count;
  }

 private:
  std::filesystem::path path_;
};

inline void put(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline std::string get(const std::filesystem::path& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// What `call` throws as a FileError of that kind, without the path; "" if it does not throw.
inline std::string refusal(const std::filesystem::path& path, FileError::Kind kind,
                           const std::function<void()>& call) {
  try {
    call();
  } catch (const FileError& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    const std::string message = error.what();
    EXPECT_EQ(message.find(path.string()), 0u) << message;
    return message.substr(std::min(message.size(), path.string().size()));
  }
  return "";
}

/// The message of the UsageError or DataError that `call` must throw.
template <class Wanted>
std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Wanted& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

}  // namespace downhill::testing_files
