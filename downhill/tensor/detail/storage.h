#pragma once
#include <atomic>
#include <cstddef>
#include <utility>

#include "downhill/core/pool.h"
#include "downhill/tensor/shape.h"
#include "downhill/tensor/type.h"

namespace downhill::detail {

/// A counted pointer to an object with `refs`. A sole owner lets go without an atomic operation.
template <class T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* fresh) noexcept : p_(fresh) {}  ///< takes over the first count
  Ref(const Ref& other) noexcept : p_(other.p_) {
    if (p_ != nullptr) p_->refs.fetch_add(1, std::memory_order_relaxed);
  }
  Ref(Ref&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(p_, other.p_);
    return *this;
  }
  ~Ref() { reset(); }

  void reset() noexcept {
    T* p = std::exchange(p_, nullptr);
    if (p == nullptr) return;
    if (p->refs.load(std::memory_order_acquire) == 1 ||
        p->refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
      T::destroy(p);
  }
  static Ref share(T* p) noexcept {
    if (p != nullptr) p->refs.fetch_add(1, std::memory_order_relaxed);
    return Ref(p);
  }
  bool sole() const noexcept { return p_->refs.load(std::memory_order_acquire) == 1; }
  T* release() noexcept { return std::exchange(p_, nullptr); }
  T* get() const noexcept { return p_; }
  T* operator->() const noexcept { return p_; }
  T& operator*() const noexcept { return *p_; }
  explicit operator bool() const noexcept { return p_ != nullptr; }

 private:
  T* p_ = nullptr;
};

/// Memory of a tensor: this header, then the numbers in the same piece, or the caller's memory.
/// `version` counts in-place writes.
struct alignas(64) Buffer {
  std::atomic<int> refs{1};
  std::atomic<unsigned> version{0};
  std::size_t bytes = 0;
  void* data = nullptr;

  /// `before` bytes (a multiple of 64) are left free between the header and the numbers.
  static Ref<Buffer> make(std::size_t bytes, std::size_t before = 0) {
    auto* buffer = new (pool::allocate(sizeof(Buffer) + before + bytes)) Buffer;
    buffer->bytes = before + bytes;
    buffer->data = reinterpret_cast<std::byte*>(buffer + 1) + before;
    return Ref<Buffer>(buffer);
  }
  static Ref<Buffer> wrap(void* memory) {
    auto* buffer = new (pool::allocate(sizeof(Buffer))) Buffer;
    buffer->data = memory;
    return Ref<Buffer>(buffer);
  }
  static void destroy(Buffer* buffer) noexcept {
    pool::deallocate(buffer, sizeof(Buffer) + buffer->bytes);
  }
};

}  // namespace downhill::detail
