#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

namespace downhill {

/// The sizes of a tensor's axes, row-major; at most 8 of them, none negative. Kept inline: no
/// allocation.
class Shape {
 public:
  static constexpr int kMaxRank = 8;
  static constexpr std::int64_t kMaxElements = std::int64_t{1} << 58;

  Shape() = default;  ///< rank 0: one element
  Shape(std::initializer_list<std::int64_t> sizes)
      : Shape(std::span(sizes.begin(), sizes.size())) {}
  explicit Shape(std::span<const std::int64_t> sizes) {
    bool fits = sizes.size() <= kMaxRank;
    for (std::size_t i = 0; fits && i < sizes.size(); ++i) {
      sizes_[i] = sizes[i];
      fits = sizes[i] >= 0 && !__builtin_mul_overflow(elements_, sizes[i], &elements_) &&
             elements_ <= kMaxElements;
    }
    if (!fits) refuse(sizes);
    rank_ = static_cast<int>(sizes.size());
  }
  // Number by number: a whole-struct copy right after the sizes were written waits for the stores.
  Shape(const Shape& other) : rank_(other.rank_), elements_(other.elements_) { take(other); }
  Shape& operator=(const Shape& other) {
    rank_ = other.rank_;
    elements_ = other.elements_;
    take(other);
    return *this;
  }

  int rank() const { return rank_; }
  std::int64_t elements() const { return elements_; }
  /// Size of an axis; negative axes count from the end.
  std::int64_t operator[](int axis) const {
    return sizes_[static_cast<std::size_t>(axis < 0 ? axis + rank_ : axis)];
  }
  const std::int64_t* begin() const { return sizes_.data(); }
  const std::int64_t* end() const { return sizes_.data() + rank_; }
  std::string text() const;  ///< "(2, 3)"

  /// This shape without an axis, or with its size replaced.
  Shape without(int axis) const;
  Shape with(int axis, std::int64_t size) const;

  friend bool operator==(const Shape& a, const Shape& b) {
    if (a.rank_ != b.rank_) return false;
    for (int i = 0; i < a.rank_; ++i)
      if (a.sizes_[static_cast<std::size_t>(i)] != b.sizes_[static_cast<std::size_t>(i)])
        return false;
    return true;
  }

 private:
  [[noreturn]] static void refuse(std::span<const std::int64_t> sizes);
  void take(const Shape& other) {
    sizes_[0] = other.sizes_[0];
    sizes_[1] = other.sizes_[1];
    for (std::size_t i = 2; i < static_cast<std::size_t>(rank_); ++i) sizes_[i] = other.sizes_[i];
  }

  int rank_ = 0;
  std::int64_t elements_ = 1;
  std::array<std::int64_t, kMaxRank> sizes_{};
};

/// The axis as 0 .. rank-1, or UsageError.
int check_axis(const char* operation, int axis, int rank);

}  // namespace downhill
