#include "downhill/io/atomic_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

namespace downhill {
namespace {

constexpr const char* kTemporary = ".downhill-";  // then the process, a number, and .tmp

constexpr std::size_t kGathered = std::size_t{1} << 16;

std::filesystem::path directory_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

std::string free_space(const std::string& name) {
  struct statvfs status {};
  if (::statvfs(directory_of(name).c_str(), &status) != 0) return "";
  return fmt::format(", {} bytes are free there", std::uint64_t{status.f_bavail} * status.f_frsize);
}

int fsync_all(int descriptor) {
  int result = 0;
  do result = ::fsync(descriptor);
  while (result != 0 && errno == EINTR);
  return result;
}

}  // namespace

FileWriter::FileWriter(int descriptor, std::string name, FileError::Kind kind)
    : descriptor_(descriptor), name_(std::move(name)), kind_(kind) {}

void FileWriter::write(const void* data, std::size_t bytes) {
  if (bytes == 0) return;
  if (gathered_.size() + bytes > kGathered) flush();
  if (bytes >= kGathered) put(static_cast<const char*>(data), bytes);
  else gathered_.append(static_cast<const char*>(data), bytes);
  written_ += bytes;
}

void FileWriter::flush() {
  put(gathered_.data(), gathered_.size());
  gathered_.clear();
}

void FileWriter::put(const char* data, std::size_t bytes) {
  while (bytes > 0) {
    const ssize_t done = ::write(descriptor_, data, std::min(bytes, std::size_t{1} << 30));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) fail("written", done < 0 ? errno : ENOSPC);
    data += done;
    bytes -= static_cast<std::size_t>(done);
  }
}

void FileWriter::fail(std::string_view action, int error) const {
  const std::string space =
      error == ENOSPC || error == EDQUOT || error == EFBIG ? free_space(name_) : "";
  throw FileError(
      kind_, fmt::format("{}: cannot be {}: {}{} (after {} bytes); what was there "
                         "before is untouched; make room or choose another place",
                         name_, action, std::generic_category().message(error), space, written_));
}

/// The life of one write: opened, filled, committed; otherwise what was begun is removed.
class OutputFile {
 public:
  OutputFile(const std::filesystem::path& path, FileError::Kind kind)
      : writer_(-1, path.string(), kind) {
    if (writer_.name_.find('\0') != std::string::npos) writer_.fail("opened", EINVAL);
    std::error_code ignored;
    target_ = std::filesystem::is_symlink(path, ignored)
                  ? std::filesystem::weakly_canonical(path, ignored)
                  : path;
    if (target_.empty() || ignored) target_ = path;
    open();
  }
  ~OutputFile() {
    if (writer_.descriptor_ >= 0) ::close(writer_.descriptor_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  FileWriter& writer() { return writer_; }

  void commit() {
    writer_.flush();
    // A pipe or device has nothing to keep: EINVAL.
    if (fsync_all(writer_.descriptor_) != 0 && !(temporary_.empty() && errno == EINVAL))
      writer_.fail("written to the disk", errno);
    if (::close(std::exchange(writer_.descriptor_, -1)) != 0) writer_.fail("closed", errno);
    if (temporary_.empty()) return;
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) writer_.fail("replaced", errno);
    temporary_.clear();
    sync_directory();
  }

 private:
  void open() {
    struct stat status {};
    const bool exists = ::stat(target_.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) writer_.fail("written", EISDIR);
    if (exists && !S_ISREG(status.st_mode)) {
      writer_.descriptor_ = ::open(target_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
      if (writer_.descriptor_ < 0) writer_.fail("opened", errno);
      return;
    }
    static std::atomic<unsigned> counter{0};
    do {  // a name of fixed length: with any target's name it stays within the limits
      temporary_ = directory_of(target_) /
                   fmt::format("{}{}-{}.tmp", kTemporary, ::getpid(), counter.fetch_add(1));
      writer_.descriptor_ =
          ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (writer_.descriptor_ < 0 && errno == EEXIST);
    if (writer_.descriptor_ < 0) {
      temporary_.clear();
      writer_.fail("created", errno);
    }
    // The new file keeps the old one's permissions; where that is not allowed, it has its own.
    if (exists) static_cast<void>(::fchmod(writer_.descriptor_, status.st_mode & 07777) == 0);
  }

  // Some file systems cannot sync a directory (EINVAL); elsewhere a failure is reported.
  void sync_directory() {
    const int directory = ::open(directory_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;  // a directory may be writable and not readable
    const int error = fsync_all(directory) == 0 ? 0 : errno;
    ::close(directory);
    if (error != 0 && error != EINVAL && error != ENOTSUP)
      throw FileError(writer_.kind_,
                      fmt::format("{}: was written, but its directory cannot be brought to the "
                                  "disk: {}; it may be lost in a power failure",
                                  writer_.name_, std::generic_category().message(error)));
  }

  FileWriter writer_;
  std::filesystem::path target_, temporary_;
};

void write_atomically(const std::filesystem::path& path,
                      const std::function<void(FileWriter&)>& fill, FileError::Kind kind) {
  OutputFile file(path, kind);
  fill(file.writer());
  file.commit();
}

void write_atomically(const std::filesystem::path& path, std::string_view bytes,
                      FileError::Kind kind) {
  write_atomically(
      path, [bytes](FileWriter& out) { out.write(bytes); }, kind);
}

// A directory that cannot be read keeps what it has. Not with std::filesystem, whose iterator ends the
// process where there is no memory.
void remove_leftovers(const std::filesystem::path& directory) noexcept {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(directory.c_str()), ::closedir);
  if (open == nullptr) return;
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string_view name = entry->d_name;
    const char* after = entry->d_name + std::string_view(kTemporary).size();
    int process = 0, number = 0, length = 0;
    if (!name.starts_with(kTemporary) ||
        std::sscanf(after, "%d-%d.tmp%n", &process, &number, &length) != 2 ||
        after[length] != '\0' || length == 0 || process <= 0)
      continue;
    if (::kill(process, 0) != 0 && errno == ESRCH)
      ::unlinkat(::dirfd(open.get()), entry->d_name, 0);
  }
}

}  // namespace downhill
