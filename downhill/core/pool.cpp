#include "downhill/core/pool.h"

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <new>

namespace downhill::pool {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kClasses = 256;  // 4 per power of two

std::atomic<std::int64_t> asked{0};

// Size classes: 64, 128, 192, 256, then four per power of two: at most a quarter is wasted.
struct SizeClass {
  std::size_t index, bytes;
};

SizeClass size_class(std::size_t bytes) noexcept {
  if (bytes <= 256) {
    const std::size_t units = bytes == 0 ? 1 : (bytes + 63) / 64;
    return {units - 1, units * 64};
  }
  const std::size_t log = static_cast<std::size_t>(std::bit_width(bytes - 1)) - 1;
  const std::size_t step = std::size_t{1} << (log - 2);
  const std::size_t quarter = (bytes - 1 - (std::size_t{1} << log)) / step;
  return {4 + (log - 8) * 4 + quarter, (std::size_t{1} << log) + (quarter + 1) * step};
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
  std::int64_t live = 0, peak = 0, kept = 0;  // bytes
  ~Cache() { clear(); }
  void clear() noexcept {
    for (auto& head : free) {
      while (head != nullptr) {
        Free* next = head->next;
        ::operator delete (head, std::align_val_t{kAlignment});
        head = next;
      }
    }
    kept = 0;
  }
};

// Small and constant at start, so that reaching it is one instruction and not a call.
[[gnu::tls_model("initial-exec")]] constinit thread_local Cache* mine = nullptr;
constinit thread_local bool ended = false;

struct Owner {
  Owner() { mine = &cache; }
  ~Owner() {
    mine = nullptr;
    ended = true;
  }
  Cache cache;
};

// The thread's cache, made at its first call; null once the thread has ended: tensors with static
// storage may die later, and then memory goes to the system.
Cache* cache_of_thread() noexcept {
  if (mine == nullptr && !ended) thread_local Owner owner;
  return mine;
}

[[gnu::noinline]] void* ask_system(std::size_t bytes) {
  asked.fetch_add(1, std::memory_order_relaxed);
  return ::operator new (bytes, std::align_val_t{kAlignment});
}

}  // namespace

void* allocate(std::size_t bytes) {
  if (bytes > (std::size_t{1} << 60)) throw std::bad_alloc();
  const SizeClass size = size_class(bytes);
  Cache* cache = mine != nullptr ? mine : cache_of_thread();
  if (cache == nullptr) return ask_system(size.bytes);
  cache->live += static_cast<std::int64_t>(size.bytes);
  if (cache->live > cache->peak) cache->peak = cache->live;
  Free*& head = cache->free[size.index];
  if (head == nullptr) return ask_system(size.bytes);
  Free* memory = head;
  head = memory->next;
  cache->kept -= static_cast<std::int64_t>(size.bytes);
  return memory;
}

void deallocate(void* memory, std::size_t bytes) noexcept {
  if (memory == nullptr) return;
  const SizeClass size = size_class(bytes);
  const auto whole = static_cast<std::int64_t>(size.bytes);
  Cache* cache = mine != nullptr ? mine : cache_of_thread();
  if (cache == nullptr) {
    ::operator delete (memory, std::align_val_t{kAlignment});
    return;
  }
  cache->live -= whole;
  if (cache->kept + whole > cache->peak + kReserve) cache->clear();
  cache->kept += whole;
  Free*& head = cache->free[size.index];
  head = new (memory) Free{head};
}

void release() noexcept {
  if (mine != nullptr) mine->clear();
}

std::int64_t system_allocations() noexcept { return asked.load(std::memory_order_relaxed); }

}  // namespace downhill::pool
