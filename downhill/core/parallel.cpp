#include "downhill/core/parallel.h"

#include <omp.h>
#include <unistd.h>

#include <atomic>

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

std::int64_t last_level_cache() noexcept {
  static const std::int64_t size = [] {
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
#pragma omp parallel for schedule(static) num_threads(team)
  for (std::int64_t i = 0; i < count; ++i) task(context, i);
}

}  // namespace detail
}  // namespace downhill
