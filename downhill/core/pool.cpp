#include "downhill/core/pool.h"

#include <pthread.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

namespace downhill::pool {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kClasses = 256;  // 4 per power of two

std::atomic<std::int64_t> asked{0};

constexpr std::size_t kSmall = 256;

// Size classes: 0, 64, 128, 192, 256, then four per power of two: at most a quarter is wasted.
struct SizeClass {
  std::size_t index;
  std::int64_t bytes;
};

SizeClass small_class(std::size_t bytes) noexcept {
  const std::size_t units = (bytes + 63) / 64;
  return {units, static_cast<std::int64_t>((units + (units == 0)) * 64)};
}

SizeClass large_class(std::size_t bytes) noexcept {
  const std::size_t log = static_cast<std::size_t>(std::bit_width(bytes - 1)) - 1;
  const std::size_t step = std::size_t{1} << (log - 2);
  const std::size_t quarter = (bytes - 1 - (std::size_t{1} << log)) / step;
  return {5 + (log - 8) * 4 + quarter,
          static_cast<std::int64_t>((std::size_t{1} << log) + (quarter + 1) * step)};
}

struct Free {
  Free* next;
};

// What a thread keeps: never more than it had in use at its busiest, and a reserve; beyond that it
// gives all of it back and starts again. So a thread that only frees what others allocated (data
// made by one thread, used by another) does not grow.
constexpr std::int64_t kReserve = std::int64_t{64} << 20;

struct Cache {
  std::array<Free*, kClasses> free{};
  std::int64_t held = 0, kept = 0, peak = 0;  // bytes: of the system, free, most in use
  ~Cache() { clear(); }
  void clear() noexcept {
    for (auto& head : free) {
      while (head != nullptr) {
        Free* next = head->next;
        ::operator delete (head, std::align_val_t{kAlignment});
        head = next;
      }
    }
    held -= kept;
    kept = 0;
  }
  // From a free list; null if there is none.
  void* take(SizeClass size) noexcept {
    Free* memory = free[size.index];
    if (memory == nullptr) return nullptr;
    free[size.index] = memory->next;
    kept -= size.bytes;
    return memory;
  }
  // The most is in use just before something is put back.
  bool has_room(SizeClass size) noexcept {
    if (held - kept > peak) peak = held - kept;
    return kept + size.bytes <= peak + kReserve;
  }
  void put(void* memory, SizeClass size) noexcept {
    free[size.index] = new (memory) Free{free[size.index]};
    kept += size.bytes;
  }
};

// Small and constant at start, so that reaching it is one instruction and not a call.
[[gnu::tls_model("initial-exec")]] constinit thread_local Cache* mine = nullptr;
constinit thread_local bool ended = false;

void end_thread(void* cache) noexcept {
  mine = nullptr;
  ended = true;
  delete static_cast<Cache*>(cache);
}

// The thread's cache, made at its first call; null if there is no memory for it, and once the
// thread has ended: tensors with static storage may die later. Then memory goes to the system. The
// cache is on the heap, since storage of threads is short where a program loads the library while
// it runs, and its end comes by a key, since a thread_local object with a destructor needs memory
// that the C library, if it cannot get it, aborts for.
Cache* cache_of_thread() noexcept {
  static const auto key = [] {
    pthread_key_t made = 0;
    return std::pair(pthread_key_create(&made, end_thread) == 0, made);
  }();
  if (mine != nullptr || ended || !key.first) return mine;
  std::unique_ptr<Cache> cache(new (std::nothrow) Cache);
  if (cache != nullptr && pthread_setspecific(key.second, cache.get()) == 0) mine = cache.release();
  return mine;
}

// The rare cases, in functions of their own so that the others need no stack frame.
[[gnu::noinline]] void* ask_system(SizeClass size) {
  Cache* cache = cache_of_thread();
  asked.fetch_add(1, std::memory_order_relaxed);
  void* memory =
      ::operator new (static_cast<std::size_t>(size.bytes), std::align_val_t{kAlignment});
  if (cache != nullptr) cache->held += size.bytes;
  return memory;
}

[[gnu::noinline]] void* allocate_large(std::size_t bytes) {
  if (bytes > (std::size_t{1} << 60)) throw std::bad_alloc();
  const SizeClass size = large_class(bytes);
  void* memory = mine != nullptr ? mine->take(size) : nullptr;
  return memory != nullptr ? memory : ask_system(size);
}

[[gnu::noinline]] void make_room(void* memory, SizeClass size) noexcept {
  Cache* cache = cache_of_thread();
  if (cache == nullptr) return ::operator delete (memory, std::align_val_t{kAlignment});
  if (!cache->has_room(size)) cache->clear();
  cache->put(memory, size);
}

}  // namespace

void* allocate(std::size_t bytes) {
  if (bytes > kSmall) return allocate_large(bytes);
  const SizeClass size = small_class(bytes);
  void* memory = mine != nullptr ? mine->take(size) : nullptr;
  return memory != nullptr ? memory : ask_system(size);
}

void deallocate(void* memory, std::size_t bytes) noexcept {
  if (memory == nullptr) return;
  const SizeClass size = bytes > kSmall ? large_class(bytes) : small_class(bytes);
  Cache* cache = mine;
  if (cache == nullptr || !cache->has_room(size)) return make_room(memory, size);
  cache->put(memory, size);
}

void release() noexcept {
  if (mine != nullptr) mine->clear();
}

std::int64_t system_allocations() noexcept { return asked.load(std::memory_order_relaxed); }

}  // namespace downhill::pool
