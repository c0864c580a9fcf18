#include "downhill/io/input_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace downhill {
namespace {

std::string_view kind_of_file(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

std::string error_text(int error) { return std::generic_category().message(error); }

}  // namespace

InputFile::InputFile(const std::filesystem::path& path, FileError::Kind kind)
    : name_(path.string()), kind_(kind) {
  if (name_.find('\0') != std::string::npos) refuse("the name of the file holds a NUL byte");
  struct stat status {};
  // Asked before it is opened: to open a device can already do something.
  if (::stat(name_.c_str(), &status) != 0)
    refuse(fmt::format("cannot be opened: {}; check the name", error_text(errno)));
  if (!S_ISREG(status.st_mode))
    refuse(fmt::format("is {}; expected a regular file", kind_of_file(status.st_mode)));
  descriptor_ = ::open(name_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0)
    refuse(
        fmt::format("cannot be opened: {}; check the name and its permissions", error_text(errno)));
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor_);
    refuse("changed while it was opened; expected a regular file");
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
}

InputFile::~InputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void InputFile::read(std::uint64_t offset, void* to, std::size_t bytes) const {
  auto* next = static_cast<char*>(to);
  while (bytes > 0) {
    const std::size_t piece = std::min<std::size_t>(bytes, std::size_t{1} << 30);
    const ssize_t got = ::pread(descriptor_, next, piece, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse(offset, fmt::format("cannot be read: {}", error_text(errno)));
    if (got == 0)
      refuse(offset, fmt::format("the file ends here, expected {} more bytes; it was cut or is "
                                 "still being written",
                                 bytes));
    next += got;
    offset += static_cast<std::uint64_t>(got);
    bytes -= static_cast<std::size_t>(got);
  }
}

void InputFile::refuse(std::uint64_t byte, std::string_view message) const {
  throw FileError(kind_, fmt::format("{}@{}: {}", name_, byte, message));
}

void InputFile::refuse(std::string_view message) const {
  throw FileError(kind_, fmt::format("{}: {}", name_, message));
}

std::string read_file(const std::filesystem::path& path, FileError::Kind kind, std::size_t limit) {
  const InputFile file(path, kind);
  if (file.size() > limit)
    file.refuse(fmt::format("has {} bytes; at most {} are read", file.size(), limit));
  std::string bytes(static_cast<std::size_t>(file.size()), '\0');
  file.read(0, bytes.data(), bytes.size());
  return bytes;
}

}  // namespace downhill
