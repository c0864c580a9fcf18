#include "downhill/core/parallel.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <new>
#include <thread>
#include <vector>

#include "tests/support/errors.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

TEST(Parallel, EveryIndexOnceForAnyNumberOfThreads) {
  for (int threads = 1; threads <= 4; ++threads) {
    const Threads chosen(threads);
    for (const std::int64_t count : {0, 1, 2, 3, 5, 1000}) {
      std::vector<std::atomic<int>> seen(static_cast<std::size_t>(count));
      parallel_for(count, true, [&](std::int64_t i) { ++seen[static_cast<std::size_t>(i)]; });
      for (const auto& s : seen) EXPECT_EQ(s, 1);
    }
  }
}

TEST(Parallel, BlocksDependOnTheSizeAlone) {
  for (int threads = 1; threads <= 4; ++threads) {
    const Threads chosen(threads);
    for (const std::int64_t n : {0, 1, 4095, 4096, 4097, 32767, 32768, 100003}) {
      std::vector<std::int64_t> ends(static_cast<std::size_t>(blocks(n)));
      std::atomic<std::int64_t> covered = 0;
      parallel_blocks(n, [&](std::int64_t begin, std::int64_t end) {
        EXPECT_EQ(begin % kBlock, 0);
        ends[static_cast<std::size_t>(begin / kBlock)] = end;
        covered += end - begin;
      });
      EXPECT_EQ(covered, n);
      for (std::size_t i = 0; i < ends.size(); ++i)
        EXPECT_EQ(ends[i], std::min(n, static_cast<std::int64_t>(i + 1) * kBlock));
    }
  }
}

TEST(Parallel, NestsWithoutMoreThreads) {
  const Threads chosen(4);
  std::atomic<int> calls = 0;
  parallel_for(4, true,
               [&](std::int64_t) { parallel_for(10, true, [&](std::int64_t) { ++calls; }); });
  EXPECT_EQ(calls, 40);
}

TEST(Parallel, SeveralThreadsOfTheProgramAtOnce) {
  const Threads chosen(3);
  std::atomic<std::int64_t> sum = 0;
  const auto program = [&] {
    for (int round = 0; round < 200; ++round)
      parallel_for(100, true, [&](std::int64_t i) { sum += i; });
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(program);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sum, 4 * 200 * 4950);
}

// What a thread has not begun, others do: one that is held up holds up what it has claimed only.
TEST(Parallel, AThreadThatIsHeldUpIsNotWaitedForLonger) {
  const Threads chosen(2);
  const std::thread::id caller = std::this_thread::get_id();
  std::atomic<int> by_others = 0;
  parallel_for(1000, true, [&](std::int64_t) {
    if (std::this_thread::get_id() == caller) {
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      ++by_others;
    }
  });
  EXPECT_LT(by_others, 50);  // with one half for each, 500
}

// Waiting for one that has lost its processor, again and again, would cost more than it brings.
TEST(Parallel, AfterALongWaitTheCallerWorksAlone) {
  const Threads chosen(2);
  const std::thread::id caller = std::this_thread::get_id();
  std::atomic<bool> helped = false;
  for (int round = 0; round < 1000 && !helped; ++round) {
    parallel_for(2, true, [&](std::int64_t) {
      if (std::this_thread::get_id() != caller) {
        helped = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      } else {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
    });
  }
  ASSERT_TRUE(helped);
  helped = false;
  for (int round = 0; round < 20; ++round) {
    parallel_for(2, true, [&](std::int64_t) {
      if (std::this_thread::get_id() != caller) helped = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
  }
  EXPECT_FALSE(helped);
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  for (int round = 0; round < 1000 && !helped; ++round) {
    parallel_for(2, true, [&](std::int64_t) {
      if (std::this_thread::get_id() != caller) helped = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
  }
  EXPECT_TRUE(helped);
}

TEST(Parallel, AnExceptionComesToTheCaller) {
  for (int threads = 1; threads <= 3; ++threads) {
    const Threads chosen(threads);
    std::atomic<int> calls = 0;
    const auto failing = [&](std::int64_t i) {
      ++calls;
      if (i == 1 || i == 900) throw std::bad_alloc();
    };
    EXPECT_THROW(parallel_for(1000, true, failing), std::bad_alloc);
    EXPECT_LT(calls, 1000);
    calls = 0;
    parallel_for(1000, true, [&](std::int64_t) { ++calls; });
    EXPECT_EQ(calls, 1000);
  }
}

TEST(Parallel, AChildAfterForkHasThreadsOfItsOwn) {
  const Threads chosen(3);
  const auto total = [] {
    std::atomic<std::int64_t> sum = 0;
    parallel_for(1000, true, [&](std::int64_t i) { sum += i; });
    return sum.load();
  };
  EXPECT_EQ(total(), 499500);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(20);
    bool right = true;
    for (int i = 0; i < 50; ++i) right = right && total() == 499500;
    const std::thread::id caller = std::this_thread::get_id();
    std::atomic<bool> helped = false;
    for (int round = 0; round < 1000 && !helped; ++round) {
      parallel_for(3, true, [&](std::int64_t) {
        if (std::this_thread::get_id() != caller) helped = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      });
    }
    _exit(right && helped ? 0 : 1);
  }
  EXPECT_EQ(total(), 499500);
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(Parallel, SignalsAreForTheThreadsOfTheProgram) {
  const Threads chosen(3);
  const std::thread::id caller = std::this_thread::get_id();
  std::atomic<int> open = 0;
  parallel_for(300, true, [&](std::int64_t) {
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    if (std::this_thread::get_id() != caller && !sigismember(&blocked, SIGTERM)) ++open;
    if (std::this_thread::get_id() == caller && sigismember(&blocked, SIGTERM)) ++open;
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  });
  EXPECT_EQ(open, 0);
}

TEST(Parallel, RefusesNoThreads) {
  expect_usage([] { set_threads(0); }, "[set_threads]", "count");
  expect_usage([] { set_threads(-3); }, "count");
}

}  // namespace
}  // namespace downhill
