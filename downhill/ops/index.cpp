#include "downhill/ops/index.h"

#include <fmt/format.h>

#include <cstring>
#include <vector>

#include "downhill/autodiff/tap.h"
#include "downhill/core/error.h"

namespace downhill {
namespace {

using Index = std::int64_t;

void check_indices(const char* name, const Tensor& index, Index bound) {
  check_defined(name, "index", index);
  if (index.type() != Type::i64)
    throw_usage(name, fmt::format("index has type {}; expected int64", name_of(index.type())));
  for (Index i = 0; i < index.elements(); ++i) {
    const Index at = index.data<Index>()[i];
    if (at < 0 || at >= bound)
      throw_usage(name, fmt::format("index[{}] = {} is outside [0, {})", i, at, bound));
  }
}

// The transpose of pick.
Tensor place(const Tensor& x, const Tensor& index, Index columns) {
  const std::vector<Index> sizes = [&] {
    std::vector<Index> s(x.shape().begin(), x.shape().end());
    s.push_back(columns);
    return s;
  }();
  Tensor result = Tensor::zeros(Shape(std::span<const Index>(sizes)), x.type());
  with_floating(x.type(), [&]<class T>() {
    for (Index i = 0; i < x.elements(); ++i)
      result.data<T>()[i * columns + index.data<Index>()[i]] = x.data<T>()[i];
  });
  if (recorded({&x})) {
    record("place", result, {&x}, [saved = Saved(index)](const Cotangent& g, Cotangents& out) {
      out.set(0, pick(g.tensor, saved()), g.scale);
    });
  }
  return result;
}

}  // namespace

Tensor gather(const Tensor& x, const Tensor& index) {
  check_axis("gather", 0, x.rank());
  check_indices("gather", index, x.size(0));
  if (index.rank() != 1)
    throw_usage("gather", "index has shape " + index.shape().text() + "; expected one axis");
  Tensor result = Tensor::empty(x.shape().with(0, index.elements()), x.type());
  const std::size_t row = x.size(0) > 0 ? x.bytes() / static_cast<std::size_t>(x.size(0)) : 0;
  for (Index i = 0; i < index.elements(); ++i)
    std::memcpy(
        static_cast<char*>(result.raw()) + static_cast<std::size_t>(i) * row,
        static_cast<const char*>(x.raw()) + static_cast<std::size_t>(index.data<Index>()[i]) * row,
        row);
  if (recorded({&x})) {
    record("gather", result, {&x},
           [saved = Saved(index), rows = x.size(0)](const Cotangent& g, Cotangents& out) {
             out.set(0, scatter_add(g.tensor, saved(), rows), g.scale);
           });
  }
  detail::tap("gather", index, x, {}, result);
  return result;
}

Tensor scatter_add(const Tensor& x, const Tensor& index, Index rows) {
  check_floating("scatter_add", "x", x);
  check_indices("scatter_add", index, rows);
  if (x.rank() < 1 || index.elements() != x.size(0))
    throw_usage("scatter_add",
                "x has shape " + x.shape().text() + " but index has " + index.shape().text());
  Tensor result = Tensor::zeros(x.shape().with(0, rows), x.type());
  with_floating(x.type(), [&]<class T>() {
    const Index width = x.size(0) > 0 ? x.elements() / x.size(0) : 0;
    for (Index i = 0; i < x.size(0); ++i) {
      T* to = result.data<T>() + index.data<Index>()[i] * width;
      for (Index j = 0; j < width; ++j) to[j] += x.data<T>()[i * width + j];
    }
  });
  if (recorded({&x})) {
    record("scatter_add", result, {&x},
           [saved = Saved(index)](const Cotangent& g, Cotangents& out) {
             out.set(0, gather(g.tensor, saved()), g.scale);
           });
  }
  return result;
}

Tensor pick(const Tensor& x, const Tensor& index) {
  check_floating("pick", "x", x);
  check_axis("pick", -1, x.rank());
  const Index columns = x.size(-1);
  check_indices("pick", index, columns);
  if (!(index.shape() == x.shape().without(x.rank() - 1)))
    throw_usage("pick", "index has shape " + index.shape().text() + "; expected " +
                            x.shape().without(x.rank() - 1).text());
  Tensor result = Tensor::empty(index.shape(), x.type());
  with_floating(x.type(), [&]<class T>() {
    for (Index i = 0; i < index.elements(); ++i)
      result.data<T>()[i] = x.data<T>()[i * columns + index.data<Index>()[i]];
  });
  if (recorded({&x})) {
    record("pick", result, {&x},
           [saved = Saved(index), columns](const Cotangent& g, Cotangents& out) {
             out.set(0, place(g.tensor, saved(), columns), g.scale);
           });
  }
  return result;
}

}  // namespace downhill
