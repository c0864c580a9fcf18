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

// What a thread keeps: never more than it had in use at its busiest, and a reserve. A thread that
// only frees what others allocated (data made by one thread, used by another) gives the rest back.
constexpr std::int64_t kReserve = std::int64_t{64} << 20;

struct Cache {
  std::array<Free*, kClasses> free{};
  std::int64_t live = 0, peak = 0, kept = 0;  // bytes
  ~Cache() { clear(); }
  void clear() noexcept {
    for (auto& head : free) {
      while (head != nullptr) {
        Free* next = head->next;
        ::operator delete(head, std::align_val_t{kAlignment});
        head = next;
      }
    }
    kept = 0;
  }
};

// Tensors with static storage may die after the cache: `alive` says when to go to the system.
thread_local bool alive = true;
struct Owner {
  Cache cache;
  ~Owner() { alive = false; }
};
thread_local Owner owner;

}  // namespace

void* allocate(std::size_t bytes) {
  if (bytes > (std::size_t{1} << 60)) throw std::bad_alloc();
  const SizeClass size = size_class(bytes);
  if (alive) {
    Cache& cache = owner.cache;
    cache.live += static_cast<std::int64_t>(size.bytes);
    if (cache.live > cache.peak) cache.peak = cache.live;
    if (Free*& head = cache.free[size.index]; head != nullptr) {
      Free* memory = head;
      head = memory->next;
      cache.kept -= static_cast<std::int64_t>(size.bytes);
      return memory;
    }
  }
  asked.fetch_add(1, std::memory_order_relaxed);
  return ::operator new(size.bytes, std::align_val_t{kAlignment});
}

void deallocate(void* memory, std::size_t bytes) noexcept {
  if (memory == nullptr) return;
  const SizeClass size = size_class(bytes);
  const auto whole = static_cast<std::int64_t>(size.bytes);
  Cache& cache = owner.cache;
  if (alive) cache.live -= whole;
  if (!alive || cache.kept + whole > cache.peak + kReserve) {
    ::operator delete(memory, std::align_val_t{kAlignment});
    return;
  }
  cache.kept += whole;
  Free*& head = cache.free[size.index];
  head = new (memory) Free{head};
}

void release() noexcept {
  if (alive) owner.cache.clear();
}

std::int64_t system_allocations() noexcept { return asked.load(std::memory_order_relaxed); }

}  // namespace downhill::pool
