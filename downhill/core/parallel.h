#pragma once
#include <cstdint>
#include <type_traits>

namespace downhill {

/// Elements in one block: the unit of threads and of sums. It does not depend on the number of
/// threads, so that results do not either.
inline constexpr std::int64_t kBlock = 4096;

/// Below this many elements pointwise work stays on the calling thread: waking a second one
/// costs about as much as the work itself.
inline constexpr std::int64_t kParallelThreshold = 32768;

/// Threads that the library uses; OMP_NUM_THREADS, else all, until `set_threads` says otherwise.
int threads() noexcept;
void set_threads(int count);

/// Makes streaming stores of this thread visible to others. `parallel_for` does it once per thread
/// at its end; who streams outside of it calls this.
void fence_streams() noexcept;

/// Bytes of the last-level cache; arrays beyond it are written with streaming stores.
std::int64_t last_level_cache() noexcept;

inline constexpr std::int64_t blocks(std::int64_t elements, std::int64_t block = kBlock) {
  return (elements + block - 1) / block;
}

namespace detail {
using Task = void (*)(void* context, std::int64_t index);
void run_parallel(std::int64_t count, Task task, void* context);
}  // namespace detail

/// Calls `body(index)` for index 0 .. count-1, each once, on up to `threads()` threads.
/// `body` must not throw: nothing crosses a parallel region.
template <class Body>
void parallel_for(std::int64_t count, bool worth_it, Body&& body) {
  if (!worth_it || count < 2) {
    for (std::int64_t i = 0; i < count; ++i) body(i);
    return;
  }
  auto task = [](void* context, std::int64_t index) {
    (*static_cast<std::remove_reference_t<Body>*>(context))(index);
  };
  detail::run_parallel(count, task, const_cast<void*>(static_cast<const void*>(&body)));
}

/// Calls `body(begin, end)` for every block of `elements`.
template <class Body>
void parallel_blocks(std::int64_t elements, Body&& body) {
  if (elements <= kBlock) {
    if (elements > 0) body(std::int64_t{0}, elements);
    return;
  }
  parallel_for(blocks(elements), elements >= kParallelThreshold, [&](std::int64_t i) {
    const std::int64_t begin = i * kBlock;
    body(begin, begin + kBlock < elements ? begin + kBlock : elements);
  });
}

}  // namespace downhill
