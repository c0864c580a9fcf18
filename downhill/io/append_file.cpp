#include "downhill/io/append_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "downhill/core/error.h"

namespace downhill {

AppendFile::AppendFile(const std::filesystem::path& path, int flags)
    : path_(path),
      descriptor_(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | flags, 0666)) {
  if (descriptor_ < 0) fail("opened for writing", errno);
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

AppendFile::~AppendFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

AppendFile AppendFile::create(const std::filesystem::path& path) {
  return AppendFile(path, O_CREAT | O_TRUNC);
}

AppendFile AppendFile::after(const std::filesystem::path& path, std::uint64_t bytes) {
  AppendFile file(path, 0);
  int result = 0;
  do result = ::ftruncate(file.descriptor_, static_cast<off_t>(bytes));
  while (result != 0 && errno == EINTR);
  if (result != 0) file.fail(fmt::format("cut to {} bytes", bytes), errno);
  return file;
}

void AppendFile::append(std::string_view piece) {
  while (!piece.empty()) {
    const ssize_t done =
        ::write(descriptor_, piece.data(), std::min(piece.size(), std::size_t{1} << 30));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) fail("written", done < 0 ? errno : ENOSPC);
    piece.remove_prefix(static_cast<std::size_t>(done));
  }
}

void AppendFile::sync() {
  int result = 0;
  do result = ::fdatasync(descriptor_);
  while (result != 0 && errno == EINTR);
  if (result != 0 && errno != EINVAL) fail("written to the disk", errno);  // EINVAL: a pipe
}

void AppendFile::close() {
  struct stat mine {
  }, named{};
  const bool known = ::fstat(descriptor_, &mine) == 0;
  // Linux closes the file whatever close() says, EINTR included.
  if (::close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR) fail("closed", errno);
  const bool there = ::stat(path_.c_str(), &named) == 0;
  if (known && (!there || named.st_dev != mine.st_dev || named.st_ino != mine.st_ino))
    throw FileError(FileError::Kind::write,
                    fmt::format("{}: was {} while it was being written; what was written is lost",
                                path_.string(), there ? "replaced" : "removed"));
}

void AppendFile::fail(std::string_view action, int error) const {
  throw FileError(
      FileError::Kind::write,
      fmt::format("{}: cannot be {}: {}", path_.string(), action,
                  error == EFBIG ? "the process may not write files of that size (ulimit -f)"
                                 : std::generic_category().message(error)));
}

}  // namespace downhill
