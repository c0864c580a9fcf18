#include "downhill/core/parallel.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "downhill/core/error.h"

namespace downhill {
namespace {

std::atomic<int> chosen_threads{0};  // 0: nothing was chosen

// OMP_NUM_THREADS may be a list, for nested regions; its first number counts.
int default_threads() noexcept {
  if (const char* text = std::getenv("OMP_NUM_THREADS")) {
    int count = 0;
    std::from_chars(text, text + std::strlen(text), count);
    if (count > 0) return count;
  }
  return detail::available_processors();
}

}  // namespace

int threads() noexcept {
  const int chosen = chosen_threads.load(std::memory_order_relaxed);
  if (chosen > 0) return chosen;
  static const int from_outside = default_threads();
  return from_outside;
}

void set_threads(int count) {
  if (count < 1) throw_usage("set_threads", "count must be at least 1");
  chosen_threads.store(count, std::memory_order_relaxed);
}

void fence_streams() noexcept {
#ifdef __SSE2__
  _mm_sfence();
#endif
}

// A virtual machine is told the size of its host's cache (480 MB where 32 can be used), and a shared
// one is never all ours; nobody can say which share is. So the figure is bounded by what a machine of
// today gives a few threads.
std::int64_t last_level_cache() noexcept {
  static const std::int64_t size = [] {
    constexpr std::int64_t kMost = std::int64_t{32} << 20;
    const long reported = sysconf(_SC_LEVEL3_CACHE_SIZE);
    return reported > 0 ? std::min<std::int64_t>(reported, kMost) : kMost / 2;
  }();
  return size;
}

}  // namespace downhill
