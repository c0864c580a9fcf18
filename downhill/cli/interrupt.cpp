#include "downhill/cli/interrupt.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>

#include "downhill/cli/exit_code.h"

namespace downhill::cli {
namespace {

// What the handler may touch: lock-free numbers.
std::atomic<int> write_end{-1};
std::atomic<int> signals_seen{0};
static_assert(std::atomic<int>::is_always_lock_free);

constexpr char kSignal = 's';

void put(int descriptor, char byte) {
  while (::write(descriptor, &byte, 1) < 0 && errno == EINTR) {
  }
}

void handle(int) {
  if (signals_seen.fetch_add(1) > 0) ::_exit(kInterrupted);
  const int before = errno;
  put(write_end.load(), kSignal);
  errno = before;
}

}  // namespace

Interrupt::Interrupt() {
  if (::pipe2(pipe_, O_CLOEXEC) != 0) return;  // then the signals end the process, as they did
  try {
    waiter_ = std::thread([this] {
      char byte = 0;
      for (;;) {
        const ssize_t got = ::read(pipe_[0], &byte, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got != 1) return;  // the write end is closed
        source_.request_stop();
      }
    });
  } catch (const std::system_error&) {  // no memory for a thread: the same
    ::close(pipe_[0]), ::close(pipe_[1]);
    return;
  }
  write_end = pipe_[1];
  signals_seen = 0;
  struct sigaction action {};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &interrupt_before_);
  sigaction(SIGTERM, &action, &terminate_before_);
}

Interrupt::~Interrupt() {
  if (!waiter_.joinable()) return;
  sigaction(SIGINT, &interrupt_before_, nullptr);
  sigaction(SIGTERM, &terminate_before_, nullptr);
  write_end = -1;
  ::close(pipe_[1]);  // ends the waiter, which a write could fail to do
  waiter_.join();
  ::close(pipe_[0]);
}

}  // namespace downhill::cli
