#include "downhill/core/parallel.h"

#include <atomic>
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

TEST(Parallel, RefusesNoThreads) {
  expect_usage([] { set_threads(0); }, "[set_threads]", "count");
  expect_usage([] { set_threads(-3); }, "count");
}

}  // namespace
}  // namespace downhill
