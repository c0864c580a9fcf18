// Replaces operator new of the program it is linked into. The aligned forms stay the library's
// own: the pool counts those.
#include <atomic>
#include <cstdlib>
#include <limits>
#include <new>

#include "tests/support/counting_new.h"

namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

std::atomic<std::int64_t> calls{0};
std::atomic<std::int64_t> failing_from{kNever};

void* counted(std::size_t bytes) noexcept {
  const std::int64_t before = calls.load(std::memory_order_relaxed);
  calls.store(before + 1, std::memory_order_relaxed);
  if (before >= failing_from.load(std::memory_order_relaxed)) return nullptr;
  return std::malloc(bytes > 0 ? bytes : 1);
}

void* counted_or_throw(std::size_t bytes) {
  if (void* memory = counted(bytes)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t bytes) { return counted_or_throw(bytes); }
void* operator new[](std::size_t bytes) { return counted_or_throw(bytes); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return counted(bytes); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return counted(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

std::int64_t operator_new_calls() noexcept { return calls.load(std::memory_order_relaxed); }

FailingNew::FailingNew(std::int64_t count) noexcept { failing_from = calls + count; }
FailingNew::~FailingNew() { failing_from = kNever; }
