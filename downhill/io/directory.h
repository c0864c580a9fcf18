#pragma once
#include <filesystem>

namespace downhill {

/// Makes a directory and those above it that are missing, and brings their names to the disk, so that
/// what is synced in them is found again after a power failure. FileError (write).
void make_directory(const std::filesystem::path& path);

inline constexpr const char* kLockFile = "run.lock";

/// Keeps a directory for one writer, over processes and within one: the file `run.lock` in it, locked
/// (flock) and with the number of the process. The lock goes with the process, however it ends; the
/// file goes with this object, and one that a dead process left is taken over. Where the file system
/// knows no locks, none is held.
class DirectoryLock {
 public:
  /// Makes the directory if it is missing. FileError (write), naming the process that holds it, if it
  /// is held.
  explicit DirectoryLock(const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  std::filesystem::path file_;
  int descriptor_ = -1;
};

}  // namespace downhill
