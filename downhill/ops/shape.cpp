#include "downhill/ops/shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "downhill/core/error.h"
#include "downhill/ops/detail/split.h"
#include "downhill/ops/reduce.h"

namespace downhill {
namespace {

using Index = std::int64_t;
using detail::Split;
using Strides = std::array<Index, Shape::kMaxRank>;

// Calls body(to, from) for every element of `shape`, `from` walking with the given strides.
template <class Body>
void walk(const Shape& shape, const Strides& strides, Body&& body) {
  Strides position{};
  Index from = 0;
  for (Index to = 0; to < shape.elements(); ++to) {
    body(to, from);
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
      const auto a = static_cast<std::size_t>(axis);
      from += strides[a];
      if (++position[a] < shape[axis]) break;
      from -= strides[a] * shape[axis];
      position[a] = 0;
    }
  }
}

// Copies with the given strides in the source; T is an unsigned integer of the element's size.
template <class T>
void copy_strided(const Tensor& x, Tensor& result, const Strides& strides) {
  const T* in = static_cast<const T*>(x.raw());
  T* out = static_cast<T*>(result.raw());
  walk(result.shape(), strides, [&](Index to, Index from) { out[to] = in[from]; });
}

void copy(const Tensor& x, Tensor& result, const Strides& strides) {
  switch (size_of(x.type())) {
    case 1:
      return copy_strided<std::uint8_t>(x, result, strides);
    case 4:
      return copy_strided<std::uint32_t>(x, result, strides);
    default:
      return copy_strided<std::uint64_t>(x, result, strides);
  }
}

Strides row_major(const Shape& shape) {
  Strides strides{};
  Index step = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    strides[static_cast<std::size_t>(axis)] = step;
    step *= shape[axis];
  }
  return strides;
}

// `x` placed at `begin` of an axis that is `size` long, zeros elsewhere: the transpose of slice.
Tensor pad(const Tensor& x, int axis, Index begin, Index size) {
  Tensor result = Tensor::zeros(x.shape().with(axis, size), x.type());
  const Split from(x.shape(), axis);
  const std::size_t run = static_cast<std::size_t>(from.size * from.inner) * size_of(x.type());
  const std::size_t step = static_cast<std::size_t>(size * from.inner) * size_of(x.type());
  const std::size_t offset = static_cast<std::size_t>(begin * from.inner) * size_of(x.type());
  for (std::size_t o = 0; o < static_cast<std::size_t>(from.outer); ++o)
    std::memcpy(static_cast<char*>(result.raw()) + o * step + offset,
                static_cast<const char*>(x.raw()) + o * run, run);
  if (recorded({&x})) {
    record("pad", result, {&x},
           [axis, begin, count = from.size](const Cotangent& g, Cotangents& out) {
             out.set(0, slice(g.tensor, begin, begin + count, axis), g.scale);
           });
  }
  return result;
}

}  // namespace

Tensor expand(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  const int added = shape.rank() - x.rank();
  const Strides own = row_major(x.shape());
  Strides strides{};
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (axis < added) continue;
    const Index size = x.size(axis - added);
    if (size != shape[axis] && size != 1)
      throw_usage("expand",
                  fmt::format("shape {} does not expand to {}", x.shape().text(), shape.text()));
    if (size != 1)
      strides[static_cast<std::size_t>(axis)] = own[static_cast<std::size_t>(axis - added)];
  }
  if (added < 0) throw_usage("expand", "the target has fewer axes");
  Tensor result = Tensor::empty(shape, x.type());
  copy(x, result, strides);
  if (recorded({&x})) {
    record("expand", result, {&x}, [from = x.shape()](const Cotangent& g, Cotangents& out) {
      out.set(0, sum_to(g.tensor, from), g.scale);
    });
  }
  return result;
}

Tensor sum_to(const Tensor& x, const Shape& shape) {
  Tensor result = x;
  while (result.rank() > shape.rank()) result = sum(result, 0);
  for (int axis = 0; axis < shape.rank(); ++axis)
    if (shape[axis] == 1 && result.size(axis) != 1) result = sum(result, axis, true);
  return result;
}

Tensor transpose(const Tensor& x, int first, int second) {
  const int a = check_axis("transpose", first, x.rank()),
            b = check_axis("transpose", second, x.rank());
  Strides strides = row_major(x.shape());
  std::swap(strides[static_cast<std::size_t>(a)], strides[static_cast<std::size_t>(b)]);
  Tensor result = Tensor::empty(x.shape().with(a, x.size(b)).with(b, x.size(a)), x.type());
  copy(x, result, strides);
  if (recorded({&x})) {
    record("transpose", result, {&x}, [a, b](const Cotangent& g, Cotangents& out) {
      out.set(0, transpose(g.tensor, a, b), g.scale);
    });
  }
  return result;
}

Tensor slice(const Tensor& x, Index begin, Index end, int which) {
  const int axis = check_axis("slice", which, x.rank());
  const Index size = x.size(axis);
  if (begin < 0) begin += size;
  if (end < 0) end += size;
  if (begin < 0 || end < begin || end > size)
    throw_usage("slice",
                fmt::format("{}..{} is outside axis {} of size {}", begin, end, axis, size));
  const Shape shape = x.shape().with(axis, end - begin);
  const Split from(x.shape(), axis);
  Tensor result;
  if (axis == 0) {
    result = x.alias(shape, begin * from.inner);
  } else {
    result = Tensor::empty(shape, x.type());
    const std::size_t run =
        static_cast<std::size_t>((end - begin) * from.inner) * size_of(x.type());
    const std::size_t step = static_cast<std::size_t>(size * from.inner) * size_of(x.type());
    const std::size_t offset = static_cast<std::size_t>(begin * from.inner) * size_of(x.type());
    for (std::size_t o = 0; o < static_cast<std::size_t>(from.outer); ++o)
      std::memcpy(static_cast<char*>(result.raw()) + o * run,
                  static_cast<const char*>(x.raw()) + o * step + offset, run);
  }
  if (recorded({&x})) {
    record("slice", result, {&x}, [axis, begin, size](const Cotangent& g, Cotangents& out) {
      out.set(0, pad(g.tensor, axis, begin, size), g.scale);
    });
  }
  return result;
}

Tensor concat(const std::vector<Tensor>& parts, int which) {
  if (parts.empty()) throw_usage("concat", "there is nothing to join");
  const int axis = check_axis("concat", which, parts[0].rank());
  Index size = 0;
  for (const Tensor& part : parts) {
    check_same_type("concat", "part 0", parts[0], "another part", part);
    if (part.rank() != parts[0].rank() ||
        !(part.shape().with(axis, 1) == parts[0].shape().with(axis, 1)))
      throw_usage("concat", "shapes " + parts[0].shape().text() + " and " + part.shape().text() +
                                " differ outside of the axis");
    size += part.size(axis);
  }
  Tensor result;
  Index begin = 0;
  if (std::none_of(parts.begin(), parts.end(), [](const Tensor& t) { return recorded({&t}); })) {
    result = Tensor::empty(parts[0].shape().with(axis, size), parts[0].type());
    const Split to(result.shape(), axis);
    for (const Tensor& part : parts) {
      const std::size_t run =
          static_cast<std::size_t>(part.size(axis) * to.inner) * size_of(part.type());
      for (Index o = 0; o < to.outer; ++o)
        std::memcpy(
            static_cast<char*>(result.raw()) +
                static_cast<std::size_t>((o * size + begin) * to.inner) * size_of(part.type()),
            static_cast<const char*>(part.raw()) + static_cast<std::size_t>(o) * run, run);
      begin += part.size(axis);
    }
    return result;
  }
  std::vector<const Tensor*> sources;
  std::vector<Tensor> plain;
  std::vector<Index> sizes;
  for (const Tensor& part : parts) {
    sources.push_back(&part);
    plain.push_back(part.detach());
    sizes.push_back(part.size(axis));
  }
  result = concat(plain, axis);
  record("concat", result, std::span<const Tensor* const>(sources),
         [axis, sizes](const Cotangent& g, Cotangents& out) {
           Index at = 0;
           for (std::size_t k = 0; k < sizes.size(); ++k) {
             if (out.wanted(static_cast<int>(k)))
               out.set(static_cast<int>(k), slice(g.tensor, at, at + sizes[k], axis), g.scale);
             at += sizes[k];
           }
         });
  return result;
}

Tensor unsqueeze(const Tensor& x, int axis) {
  const int at = check_axis("unsqueeze", axis, x.rank() + 1);
  std::vector<Index> sizes(x.shape().begin(), x.shape().end());
  sizes.insert(sizes.begin() + at, 1);
  return x.reshape(Shape(std::span<const Index>(sizes)));
}

Tensor squeeze(const Tensor& x, int axis) {
  const int at = check_axis("squeeze", axis, x.rank());
  if (x.size(at) != 1)
    throw_usage("squeeze", fmt::format("axis {} has size {}; expected 1", at, x.size(at)));
  return x.reshape(x.shape().without(at));
}

}  // namespace downhill
