#include "downhill/ops/map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "downhill/core/error.h"
#include "downhill/core/parallel.h"
#include "downhill/ops/shape.h"

namespace downhill {
namespace {

constexpr std::size_t kMaxInputs = 8;

/// Up to eight tensors of one shape, kept for the backward pass.
struct Inputs {
  std::array<Saved, kMaxInputs> saved;
  std::size_t count = 0;
};

template <class T>
using Pointers = std::array<const T*, kMaxInputs>;

template <class T>
Pointers<T> pointers(const Inputs& inputs) {
  Pointers<T> p{};
  for (std::size_t k = 0; k < inputs.count; ++k) p[k] = inputs.saved[k]().template data<T>();
  return p;
}

template <class T, class Array>
Array shifted(const Array& p, std::int64_t begin) {
  Array moved = p;
  for (auto& x : moved)
    if (x != nullptr) x += begin;
  return moved;
}

// The gradients of sum(g * f): one pass for all that are wanted.
void slopes(const Pointwise& f, const Inputs& inputs, const Tensor& g, double scale,
            std::span<Tensor> results, std::span<const bool> wanted) {
  with_floating(g.type(), [&]<class T>() {
    const auto in = pointers<T>(inputs);
    std::array<T*, kMaxInputs> out{};
    for (std::size_t k = 0; k < wanted.size(); ++k) {
      if (!wanted[k]) continue;
      results[k] = Tensor::empty(g.shape(), g.type());
      out[k] = results[k].template data<T>();
    }
    const T* weight = g.data<T>();
    parallel_blocks(g.elements(), [&](std::int64_t begin, std::int64_t end) {
      f.slopes(shifted<T>(in, begin).data(), weight + begin, static_cast<T>(scale), nullptr,
               shifted<T>(out, begin).data(), false, end - begin);
    });
  });
}

// The pullback of g * df/dx_k: its derivative along h in every input and in g.
void second_pullback(const Pointwise& f, const Inputs& inputs, const Tensor& g, std::size_t k,
                     const Cotangent& h, Cotangents& out) {
  if (recording())
    throw_usage(f.name().c_str(),
                "a third derivative is not available; detach() what need not be differentiated");
  with_floating(g.type(), [&]<class T>() {
    const auto in = pointers<T>(inputs);
    std::array<const T*, kMaxInputs> u{};
    std::array<T*, kMaxInputs> to{};
    u[k] = h.tensor.data<T>();
    for (std::size_t j = 0; j <= inputs.count; ++j) {
      if (!out.wanted(static_cast<int>(j))) continue;
      // The kernel leaves the scale out of the derivative in g; it goes on beside the tensor.
      const Tensor fresh = Tensor::empty(g.shape(), g.type());
      if (j < inputs.count) to[j] = fresh.data<T>();
      out.set(static_cast<int>(j), fresh, j < inputs.count ? 1 : h.scale);
    }
    const int last = static_cast<int>(inputs.count);
    T* along = out.wanted(last) ? out.out[inputs.count].tensor.template data<T>() : nullptr;
    const T* weight = g.data<T>();
    parallel_blocks(g.elements(), [&](std::int64_t begin, std::int64_t end) {
      f.curvature(shifted<T>(in, begin).data(), weight + begin, static_cast<T>(h.scale),
                  shifted<T>(u, begin).data(), shifted<T>(to, begin).data(),
                  along != nullptr ? along + begin : nullptr, end - begin);
    });
  });
}

// g * df/dx_k as a recorded operation, so that the gradient can itself be differentiated.
Tensor slope(const Formula& f, const Inputs& inputs, const Tensor& g, std::size_t k) {
  std::array<Tensor, kMaxInputs> results;
  std::array<bool, kMaxInputs> wanted{};
  wanted[k] = true;
  slopes(*f, inputs, g, 1, results, std::span(wanted).first(inputs.count));
  std::array<const Tensor*, kMaxInputs + 1> sources{};
  for (std::size_t j = 0; j < inputs.count; ++j) sources[j] = &inputs.saved[j]();
  sources[inputs.count] = &g;
  const std::span<const Tensor* const> all(sources.data(), inputs.count + 1);
  if (std::any_of(all.begin(), all.end(), [](const Tensor* t) { return t->requires_grad(); })) {
    record(f->name().c_str(), results[k], all,
           [f, inputs, saved = Saved(g), k](const Cotangent& h, Cotangents& out) {
             second_pullback(*f, inputs, saved(), k, h, out);
           });
  }
  return results[k];
}

void pullback(const Formula& f, const Inputs& inputs, const Cotangent& g, Cotangents& out) {
  if (recording()) {
    const Tensor upstream = g.value();
    for (std::size_t k = 0; k < inputs.count; ++k)
      if (out.wanted(static_cast<int>(k)))
        out.set(static_cast<int>(k), slope(f, inputs, upstream, k));
    return;
  }
  std::array<Tensor, kMaxInputs> results;
  std::array<bool, kMaxInputs> wanted{};
  for (std::size_t k = 0; k < inputs.count; ++k) wanted[k] = out.wanted(static_cast<int>(k));
  slopes(*f, inputs, g.tensor, g.scale, results, std::span(wanted).first(inputs.count));
  for (std::size_t k = 0; k < inputs.count; ++k)
    if (wanted[k]) out.set(static_cast<int>(k), std::move(results[k]));
}

}  // namespace

Shape broadcast(const char* operation, const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  std::array<std::int64_t, Shape::kMaxRank> sizes{};
  for (int i = 1; i <= rank; ++i) {
    const std::int64_t x = i <= a.rank() ? a[-i] : 1, y = i <= b.rank() ? b[-i] : 1;
    if (x != y && x != 1 && y != 1)
      throw_usage(operation, fmt::format("shapes {} and {} do not broadcast: axis -{} is {} and {}",
                                         a.text(), b.text(), i, x, y));
    sizes[static_cast<std::size_t>(rank - i)] = x == 1 ? y : x;
  }
  return Shape(std::span(sizes.data(), static_cast<std::size_t>(rank)));
}

Tensor map(const Formula& formula, std::initializer_list<const Tensor*> given) {
  const char* name = formula->name().c_str();
  const Tensor& first = **given.begin();
  check_floating(name, "argument 1", first);
  Shape shape = first.shape();
  bool equal = true;
  for (const Tensor* x : given) {
    check_same_type(name, "argument 1", first, "another argument", *x);
    if (x->shape() == shape) continue;
    equal = false;
    shape = broadcast(name, shape, x->shape());
  }
  Inputs inputs;
  std::array<Tensor, kMaxInputs> expanded;
  std::array<const Tensor*, kMaxInputs> sources{};
  if (given.size() > kMaxInputs) throw_usage(name, "a formula has at most 8 arguments");
  bool track = false;
  for (const Tensor* x : given) {
    const std::size_t k = inputs.count++;
    if (!equal) expanded[k] = expand(*x, shape);
    sources[k] = equal ? x : &expanded[k];
    inputs.saved[k] = Saved(*sources[k]);
    track = track || sources[k]->requires_grad();
  }
  Tensor result = Tensor::empty(shape, first.type());
  with_floating(first.type(), [&]<class T>() {
    const auto in = pointers<T>(inputs);
    T* out = result.data<T>();
    parallel_blocks(shape.elements(), [&](std::int64_t begin, std::int64_t end) {
      formula->value(shifted<T>(in, begin).data(), out + begin, end - begin);
    });
  });
  if (track && recording()) {
    record(name, result, std::span<const Tensor* const>(sources.data(), inputs.count),
           [formula, inputs](const Cotangent& g, Cotangents& out) {
             pullback(formula, inputs, g, out);
           });
  }
  return result;
}

}  // namespace downhill
