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

/// Threads that the library uses, the calling one included: what `set_threads` said, else
/// OMP_NUM_THREADS, else as many as the process may use processors. Results do not depend on it.
int threads() noexcept;
void set_threads(int count);

/// Makes streaming stores of this thread visible to others. Where `parallel_for` uses several
/// threads, each does it at its end; who streams on one thread calls this.
void fence_streams() noexcept;

/// Bytes of the last-level cache that a process may count on; arrays beyond it are written with
/// streaming stores.
std::int64_t last_level_cache() noexcept;

inline constexpr std::int64_t blocks(std::int64_t elements, std::int64_t block = kBlock) {
  return (elements + block - 1) / block;
}

namespace detail {
int available_processors() noexcept;
using LoopTask = void (*)(void* context, std::int64_t index);
void run_parallel(std::int64_t count, LoopTask task, void* context);
}  // namespace detail

/// Calls `body(index)` for index 0 .. count-1, each once, on up to `threads()` threads. A loop
/// inside of a loop runs on the thread that it is in, and so does a loop beside that of another
/// thread of the program. An exception of `body` (memory, at most: arguments are checked before a
/// loop) ends the loop, with indices left out, and comes to the caller.
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
