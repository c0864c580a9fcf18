#pragma once
#include <pthread.h>

#include <atomic>
#include <csignal>
#include <stop_token>

namespace downhill::cli {

/// While it lives, the first SIGINT or SIGTERM asks the work to stop, the second ends the process
/// at once with exit code 130. The signals are blocked and waited for on a thread of its own, so
/// that no code runs inside of a signal handler. Make it before other threads start.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  std::stop_token token() const { return source_.get_token(); }
  bool requested() const { return source_.stop_requested(); }

 private:
  static void* wait(void* self);

  std::stop_source source_;
  sigset_t signals_{}, before_{};
  std::atomic<bool> ending_{false};
  pthread_t waiter_{};
  bool waiting_ = false;
};

}  // namespace downhill::cli
