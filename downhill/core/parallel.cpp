#include "downhill/core/parallel.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif
#include <omp.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "downhill/core/error.h"

namespace downhill {
namespace {

std::atomic<int> chosen_threads{0};  // 0: as OpenMP says

}  // namespace

int threads() noexcept {
  const int chosen = chosen_threads.load(std::memory_order_relaxed);
  return chosen > 0 ? chosen : omp_get_max_threads();
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

std::int64_t last_level_cache() noexcept {
  static const std::int64_t size = [] {
    // The kernel's own figure, in KiB, first: under a hypervisor sysconf reports the cache of the
    // whole host, up to ten times what this machine can use.
    if (std::FILE* file = std::fopen("/sys/devices/system/cpu/cpu0/cache/index3/size", "r")) {
      char text[32] = {};
      const bool read = std::fgets(text, sizeof text, file) != nullptr;
      std::fclose(file);
      const long kib = read ? std::strtol(text, nullptr, 10) : 0;
      if (kib > 0) return static_cast<std::int64_t>(kib) << 10;
    }
    const long reported = sysconf(_SC_LEVEL3_CACHE_SIZE);
    return reported > 0 ? static_cast<std::int64_t>(reported) : std::int64_t{16} << 20;
  }();
  return size;
}

namespace detail {

void run_parallel(std::int64_t count, Task task, void* context) {
  const int wanted = threads();
  const int team = count < wanted ? static_cast<int>(count) : wanted;
  if (team < 2 || omp_in_parallel()) {
    for (std::int64_t i = 0; i < count; ++i) task(context, i);
    return;
  }
#pragma omp parallel num_threads(team)
  {
#pragma omp for schedule(static) nowait
    for (std::int64_t i = 0; i < count; ++i) task(context, i);
    fence_streams();
  }
}

}  // namespace detail
}  // namespace downhill
