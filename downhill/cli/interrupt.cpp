#include "downhill/cli/interrupt.h"

#include <cstdlib>

#include "downhill/cli/exit_code.h"

namespace downhill::cli {

Interrupt::Interrupt() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  waiting_ = pthread_create(&waiter_, nullptr, &Interrupt::wait, this) == 0;
  if (!waiting_) pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

Interrupt::~Interrupt() {
  if (!waiting_) return;
  ending_ = true;
  pthread_kill(waiter_, SIGTERM);  // wakes the thread alone
  pthread_join(waiter_, nullptr);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void* Interrupt::wait(void* self) {
  auto& interrupt = *static_cast<Interrupt*>(self);
  for (;;) {
    int number = 0;
    if (sigwait(&interrupt.signals_, &number) != 0) continue;
    if (interrupt.ending_) return nullptr;
    if (interrupt.source_.stop_requested()) std::_Exit(kInterrupted);
    interrupt.source_.request_stop();
  }
}

}  // namespace downhill::cli
