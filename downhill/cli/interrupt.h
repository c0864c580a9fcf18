#pragma once
#include <csignal>
#include <stop_token>
#include <thread>

namespace downhill::cli {

/// While it lives, the first SIGINT or SIGTERM asks the work to stop, the second ends the process
/// at once with exit code 130. The handler only writes to a pipe, a thread of its own reads it.
/// One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  std::stop_token token() const { return source_.get_token(); }
  bool requested() const { return source_.stop_requested(); }

 private:
  std::stop_source source_;
  int pipe_[2] = {-1, -1};
  struct sigaction interrupt_before_ {
  }, terminate_before_{};
  std::thread waiter_;
};

}  // namespace downhill::cli
