// The team of threads behind parallel_for. Each thread has a range of indices of its own, the same
// one in every loop of the same length, so that its data stay in its cache; it claims its range in
// small pieces, and who is done claims from the others' ranges. The caller takes part: what a
// worker that the system has not started yet has not claimed, the caller does. Who has nothing to
// do spins for some microseconds and then sleeps.
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <new>
#include <utility>

#include "downhill/core/parallel.h"

namespace downhill::detail {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

// A sleeping thread needs 5 to 50 us to wake, so that a wait of that length is worth its spinning;
// a longer one takes the processor from other programs.
constexpr microseconds kSpin{30};
constexpr microseconds kLong{
    100};  // less than a time slice of any system, more than it takes to wake
constexpr int kMostThreads = 1024;
constexpr std::int64_t kPieces = 64;  // of a range: what one claim costs is lost in a piece

void relax() noexcept {
#ifdef __SSE2__
  __builtin_ia32_pause();
#endif
}

/// Spins until `ready()` or the time is over; false if it is over.
template <class Ready>
bool spin(Ready&& ready) noexcept {
  const auto end = Clock::now() + kSpin;
  do {
    for (int i = 0; i < 32; ++i) {
      if (ready()) return true;
      relax();
    }
  } while (Clock::now() < end);
  return false;
}

struct alignas(64) Range {
  std::atomic<std::int64_t> next{0};
  std::int64_t end = 0;
};

/// One loop: what is called, and what of it is not claimed yet.
struct Loop {
  LoopTask task = nullptr;
  void* context = nullptr;
  std::int64_t piece = 1;
  int team = 0;
  std::atomic<bool> failed{false};
  std::exception_ptr failure;  // the first
  Range ranges[kMostThreads];

  void begin(std::int64_t count, int threads, LoopTask t, void* c) noexcept {
    task = t;
    context = c;
    team = threads;
    failed.store(false, std::memory_order_relaxed);
    piece = count / (threads * kPieces) + 1;
    for (int i = 0; i < threads; ++i) {
      ranges[i].next.store(count * i / threads, std::memory_order_relaxed);
      ranges[i].end = count * (i + 1) / threads;
    }
  }

  void run(int member) noexcept {
    for (int i = 0; i < team; ++i) {
      const int other = member + i;
      Range& range = ranges[other < team ? other : other - team];
      while (range.next.load(std::memory_order_relaxed) < range.end) {
        const std::int64_t first = range.next.fetch_add(piece, std::memory_order_relaxed);
        const std::int64_t last = first + piece < range.end ? first + piece : range.end;
        try {
          for (std::int64_t index = first; index < last; ++index) task(context, index);
        } catch (...) {
          fail();
        }
      }
    }
    fence_streams();
  }

  void fail() noexcept {
    if (!failed.exchange(true)) failure = std::current_exception();
    for (int i = 0; i < team; ++i) ranges[i].next.store(ranges[i].end, std::memory_order_relaxed);
  }
};

/// How long a thread has run on no processor since `start`, though it did not wait: others have it.
class Held {
 public:
  void start() noexcept {
    wall_ = Clock::now();
    processor_ = processor_time();
  }
  Clock::duration time() const noexcept {
    return (Clock::now() - wall_) - (processor_time() - processor_);
  }

 private:
  static std::chrono::nanoseconds processor_time() noexcept {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  }
  Clock::time_point wall_;
  std::chrono::nanoseconds processor_{0};
};

/// Where a worker waits: the number of the last loop that it was called for, and whether it sleeps.
struct alignas(64) Bell {
  static constexpr std::uint32_t kAsleep = 1;
  std::atomic<std::uint32_t> word{0};

  void ring(std::uint32_t number) noexcept {
    if (word.exchange(number, std::memory_order_release) & kAsleep) word.notify_one();
  }
  /// Whether it slept until the bell rang after `heard`, which then is what it rang.
  bool wait(std::uint32_t& heard, bool may_spin) noexcept {
    const auto rung = [&] { return word.load(std::memory_order_acquire) != heard; };
    const bool sleeps = !may_spin || !spin(rung);
    std::uint32_t now = heard;
    if (sleeps && word.compare_exchange_strong(now, heard | kAsleep, std::memory_order_acquire))
      word.wait(heard | kAsleep, std::memory_order_acquire);
    heard = word.load(std::memory_order_acquire);
    return sleeps;
  }
};

class Team {
 public:
  /// False if another thread's loop is running, or if it is better alone: the caller then does all.
  bool run(std::int64_t count, int threads, LoopTask task, void* context) {
    if (busy_.exchange(true, std::memory_order_acquire)) return false;
    const auto start = Clock::now();
    const int team = start < alone_until_ ? 1 : grow(threads);
    if (team > 1) {
      may_spin_.store(team <= processors(), std::memory_order_relaxed);
      loop_.begin(count, team, task, context);
      inside_.store(kOpen, std::memory_order_release);
      number_ += 2;
      for (int i = 1; i < team; ++i) bells_[i].ring(number_);
      loop_.run(0);
      finish(start);
    }
    const std::exception_ptr failure = std::exchange(loop_.failure, nullptr);
    busy_.store(false, std::memory_order_release);
    if (failure) std::rethrow_exception(failure);
    return team > 1;
  }

 private:
  static constexpr std::uint32_t kOpen = std::uint32_t{1} << 31;

  /// Starts workers until there are `threads` threads with the caller; how many there are.
  int grow(int threads) noexcept {
    if (threads > kMostThreads) threads = kMostThreads;
    while (members_ < threads && start_worker(members_)) ++members_;
    return threads < members_ ? threads : members_;
  }

  struct Start {
    Team* team;
    int member;
  };

  // Signals are for the program's own threads, but for those of a fault in this one.
  bool start_worker(int member) noexcept {
    auto* start = new (std::nothrow) Start{this, member};
    if (start == nullptr) return false;
    sigset_t ours, before;
    sigfillset(&ours);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS})
      sigdelset(&ours, fault);
    pthread_sigmask(SIG_SETMASK, &ours, &before);
    pthread_t thread;
    const auto body = [](void* given) -> void* {
      const Start mine = *static_cast<Start*>(given);
      delete static_cast<Start*>(given);
      mine.team->work(mine.member);
    };
    const bool started = pthread_create(&thread, nullptr, body, start) == 0;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (started) pthread_detach(thread);
    else delete start;
    return started;
  }

  [[noreturn]] void work(int member) noexcept {
    std::uint32_t heard = 0;
    Held held;
    held.start();
    for (;;) {
      const bool slept = bells_[member].wait(heard, may_spin_.load(std::memory_order_relaxed));
      if (slept) held.start();
      if (!enter()) continue;
      const auto start = Clock::now();
      if (member < loop_.team) loop_.run(member);
      const bool waited_for = (inside_.load(std::memory_order_relaxed) & kOpen) == 0;
      if (waited_for && Clock::now() - start > kLong) {
        if (held.time() > kLong) held_.store(true, std::memory_order_relaxed);
        held.start();
      }
      if (inside_.fetch_sub(1, std::memory_order_acq_rel) == 1) inside_.notify_one();
    }
  }

  // Only an open loop can be entered; a worker that comes late finds nothing to do.
  bool enter() noexcept {
    std::uint32_t now = inside_.load(std::memory_order_relaxed);
    while (now & kOpen)
      if (inside_.compare_exchange_weak(now, now + 1, std::memory_order_acquire)) return true;
    return false;
  }

  /// Closes the loop and waits for the workers that are in it. If that took longer than everything
  /// before it, and a worker had lost its processor to another program, then the next loops are run
  /// alone for a while, so that such waits cost a tenth of the time at most.
  void finish(Clock::time_point start) noexcept {
    if (inside_.fetch_and(~kOpen, std::memory_order_acq_rel) == kOpen) return;
    const auto empty = [&] { return inside_.load(std::memory_order_acquire) == 0; };
    if (spin(empty)) return;
    const auto began = Clock::now();
    for (std::uint32_t now; (now = inside_.load(std::memory_order_acquire)) != 0;)
      inside_.wait(now, std::memory_order_acquire);
    const auto end = Clock::now();
    const auto waited = end - began;
    const bool held = held_.exchange(false, std::memory_order_relaxed);
    if (held && waited > kLong && waited > began - start) alone_until_ = end + 10 * waited;
  }

  static int processors() noexcept {
    static const int count = available_processors();
    return count;
  }

  std::atomic<bool> busy_{false};
  std::atomic<bool> may_spin_{false};
  std::atomic<bool> held_{false};  // a worker was, in a loop whose caller waited for it
  int members_ = 1;                // the caller
  std::uint32_t number_ = 0;
  Clock::time_point alone_until_{};
  alignas(64) std::atomic<std::uint32_t> inside_{0};  // workers in the loop, and whether it is open
  Loop loop_;
  Bell bells_[kMostThreads];
};

std::atomic<Team*> current{nullptr};

// Made at the first loop and never destroyed: workers sleep in it until the process ends. A child
// after fork() has none of its parent's workers, so it makes a team of its own.
Team* team() noexcept {
  Team* found = current.load(std::memory_order_acquire);
  if (found != nullptr) return found;
  static const int registered =
      pthread_atfork(nullptr, nullptr, [] { current.store(nullptr, std::memory_order_relaxed); });
  Team* made = registered == 0 ? new (std::nothrow) Team : nullptr;
  if (made == nullptr || current.compare_exchange_strong(found, made)) return made;
  delete made;
  return found;
}

}  // namespace

int available_processors() noexcept {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;  // more than 1,024 processors
  return CPU_COUNT(&set);
}

void run_parallel(std::int64_t count, LoopTask task, void* context) {
  const int wanted = threads();
  const int threads = count < wanted ? static_cast<int>(count) : wanted;
  if (threads > 1) {
    Team* all = team();
    if (all != nullptr && all->run(count, threads, task, context)) return;
  }
  for (std::int64_t i = 0; i < count; ++i) task(context, i);
}

}  // namespace downhill::detail
