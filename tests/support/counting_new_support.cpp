// Replaces operator new of the program it is linked into. The aligned forms stay the library's
// own: the pool counts those.
#include <atomic>
#include <cstdlib>
#include <new>

#include "tests/support/counting_new.h"

namespace {

std::atomic<std::int64_t> calls{0};

void* counted(std::size_t bytes) noexcept {
  calls.store(calls.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
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
