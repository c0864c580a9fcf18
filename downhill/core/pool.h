#pragma once
#include <cstddef>
#include <cstdint>
#include <new>

namespace downhill {

/// Memory of tensors and graph nodes. Freed pieces are kept per thread and handed out again, so
/// that a training loop allocates nothing after its second step. Pieces are 64-byte aligned.
/// A failed allocation throws std::bad_alloc.
namespace pool {

void* allocate(std::size_t bytes);
void deallocate(void* memory, std::size_t bytes) noexcept;

/// Gives what this thread keeps back to the system.
void release() noexcept;

/// How often this process asked the system for memory through the pool.
std::int64_t system_allocations() noexcept;

/// For containers whose memory comes from the pool.
template <class T>
struct Allocator {
  using value_type = T;
  Allocator() = default;
  template <class U>
  Allocator(const Allocator<U>&) noexcept {}
  T* allocate(std::size_t n) {
    if (n > std::size_t(-1) / sizeof(T)) throw std::bad_alloc();
    return static_cast<T*>(pool::allocate(n * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t n) noexcept { pool::deallocate(memory, n * sizeof(T)); }
  friend bool operator==(Allocator, Allocator) { return true; }
};

}  // namespace pool
}  // namespace downhill
