#include "downhill/cli/terminal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "downhill/core/error.h"

namespace downhill::cli {
namespace {

/// Zero, or the error that stopped it.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

}  // namespace

void print(std::string_view text) {
  const int error = write_all(STDOUT_FILENO, text);
  if (error == EPIPE) throw ReaderGone{};
  if (error != 0)
    throw FileError(FileError::Kind::write,
                    fmt::format("standard output: cannot be written: {}", std::strerror(error)));
}

void note(std::string_view text) { write_all(STDERR_FILENO, text); }

void print_error(std::string_view message) {
  const bool colour = progress_may_move() && !is_set("NO_COLOR");
  std::string line =
      fmt::format("downhill: {}error:{} ", colour ? "\x1b[1;31m" : "", colour ? "\x1b[0m" : "");
  for (const char c : message) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n') || byte == 0x7f) line += fmt::format("\\x{:02x}", byte);
    else line += c;
  }
  while (line.ends_with('\n')) line.pop_back();
  note(line + "\n");
}

bool progress_may_move() {
  const char* term = std::getenv("TERM");
  const bool dumb = term != nullptr && std::strcmp(term, "dumb") == 0;
  return ::isatty(STDERR_FILENO) == 1 && !dumb;
}

int terminal_width() {
  winsize size{};
  if (::isatty(STDERR_FILENO) == 0) return 200;  // a file or a pipe: lines of any length will do
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

void prepare_streams() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    // A stream that was closed stays one that cannot be written.
    if (::open("/dev/null", O_RDONLY) < 0) return;
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file-size limit is a failed write: EFBIG
}

}  // namespace downhill::cli
