#pragma once
#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace downhill::detail {

/// An allocator of whole pages for large pieces: what is freed goes back to the system at once, which
/// a heap does not promise. Pieces below `kLarge` bytes come from the heap.
template <class T>
struct Pages {
  using value_type = T;
  static constexpr std::size_t kLarge = std::size_t{1} << 18;

  Pages() = default;
  template <class U>
  Pages(const Pages<U>&) {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    if (bytes < kLarge) return static_cast<T*>(::operator new(bytes));
    void* memory =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    const std::size_t bytes = count * sizeof(T);
    if (bytes < kLarge) ::operator delete(memory);
    else ::munmap(memory, bytes);
  }
  bool operator==(const Pages&) const { return true; }
};

}  // namespace downhill::detail
