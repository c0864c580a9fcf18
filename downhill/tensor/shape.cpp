#include "downhill/tensor/shape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "downhill/core/error.h"

namespace downhill {

void Shape::refuse(std::span<const std::int64_t> sizes) {
  if (sizes.size() > kMaxRank)
    throw_usage("shape", fmt::format("{} axes are too many; at most {}", sizes.size(), kMaxRank));
  for (const std::int64_t size : sizes)
    if (size < 0) throw_usage("shape", fmt::format("size {} is negative", size));
  throw_usage("shape", fmt::format("({}) has too many elements", fmt::join(sizes, ", ")));
}

std::string Shape::text() const { return fmt::format("({})", fmt::join(begin(), end(), ", ")); }

Shape Shape::without(int axis) const {
  if (axis < 0) axis += rank_;
  std::array<std::int64_t, kMaxRank> sizes{};
  std::size_t count = 0;
  for (int i = 0; i < rank_; ++i)
    if (i != axis) sizes[count++] = (*this)[i];
  return Shape(std::span(sizes.data(), count));
}

Shape Shape::with(int axis, std::int64_t size) const {
  std::array<std::int64_t, kMaxRank> sizes = sizes_;
  sizes[static_cast<std::size_t>(axis < 0 ? axis + rank_ : axis)] = size;
  return Shape(std::span(sizes.data(), static_cast<std::size_t>(rank_)));
}

int check_axis(const char* operation, int axis, int rank) {
  if (axis < -rank || axis >= rank)
    throw_usage(operation,
                fmt::format("axis {} does not exist; the tensor has rank {}", axis, rank));
  return axis < 0 ? axis + rank : axis;
}

}  // namespace downhill
