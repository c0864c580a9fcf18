#pragma once
#include <cstddef>
#include <cstdint>

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

}  // namespace pool
}  // namespace downhill
