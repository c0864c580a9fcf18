#include "downhill/io/directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "downhill/core/error.h"

namespace downhill {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what, int error) {
  throw FileError(FileError::Kind::write, fmt::format("{}: {}: {}", path.string(), what,
                                                      std::generic_category().message(error)));
}

void sync_directory(const std::filesystem::path& path) {
  const int directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;  // a directory may be writable and not readable
  int error = 0;
  do error = ::fsync(directory) == 0 ? 0 : errno;
  while (error == EINTR);
  ::close(directory);
  if (error != 0 && error != EINVAL && error != ENOTSUP)
    fail(path, "the directory cannot be brought to the disk", error);
}

// The living process that the file names, or 0.
pid_t written_holder(int descriptor) {
  std::array<char, 24> text{};
  const ssize_t got = ::pread(descriptor, text.data(), text.size() - 1, 0);
  const pid_t process = got > 0 ? static_cast<pid_t>(std::atol(text.data())) : 0;
  return process > 0 && (::kill(process, 0) == 0 || errno == EPERM) ? process : 0;
}

// "process 4711". Between locking the file and writing its number there the holder may need a moment.
std::string holder(int descriptor) {
  for (int i = 0; i < 50; ++i) {
    if (const pid_t process = written_holder(descriptor); process > 0)
      return fmt::format("process {}", process);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return "another process";
}

int open_lock(const std::filesystem::path& file) {
  int descriptor = -1;
  do descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) fail(file, "cannot be opened", errno);
  return descriptor;
}

// The one who held it may have removed the file between our opening and locking it.
bool still_named(int descriptor, const std::filesystem::path& file) {
  struct stat mine {
  }, named{};
  return ::fstat(descriptor, &mine) == 0 && ::lstat(file.c_str(), &named) == 0 &&
         mine.st_dev == named.st_dev && mine.st_ino == named.st_ino;
}

int lock(int descriptor) {
  int error = 0;
  do error = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
  while (error == EINTR);
  return error;
}

}  // namespace

void make_directory(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::path missing = std::filesystem::absolute(path, error).lexically_normal();
  if (!missing.has_filename()) missing = missing.parent_path();  // "run/"
  std::filesystem::path first = missing;  // the deepest one that was there already
  while (!first.empty() && first != first.parent_path() && !std::filesystem::exists(first, error))
    first = first.parent_path();
  std::filesystem::create_directories(missing, error);
  if (error) fail(path, "the directory cannot be made", error.value());
  for (std::filesystem::path made = missing; made != first && made != made.parent_path();
       made = made.parent_path())
    sync_directory(made.parent_path());
}

DirectoryLock::DirectoryLock(const std::filesystem::path& directory)
    : file_(directory / kLockFile) {
  make_directory(directory);
  for (;;) {
    descriptor_ = open_lock(file_);
    const int error = lock(descriptor_);
    if (error == EWOULDBLOCK) {
      const std::string who = holder(descriptor_);
      ::close(std::exchange(descriptor_, -1));
      throw FileError(FileError::Kind::write,
                      fmt::format("{}: {} is writing this run; wait for it, or give another --out",
                                  directory.string(), who));
    }
    if (error != 0) return;  // a file system without locks
    if (still_named(descriptor_, file_)) break;
    ::close(std::exchange(descriptor_, -1));
  }
  const std::string number = fmt::format("{}\n", ::getpid());
  // What it holds is for messages only: a full disk does not keep a run from being told so properly.
  if (::ftruncate(descriptor_, 0) != 0 ||
      ::pwrite(descriptor_, number.data(), number.size(), 0) < 0)
    return;
}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ < 0) return;
  if (still_named(descriptor_, file_)) ::unlink(file_.c_str());
  ::close(descriptor_);  // after the file is gone, so that nobody locks what is to be removed
}

}  // namespace downhill
