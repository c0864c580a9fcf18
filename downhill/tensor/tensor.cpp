#include "downhill/tensor/tensor.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "downhill/core/error.h"
#include "downhill/core/parallel.h"

namespace downhill {
namespace {

// A fresh tensor's body lies between the header of its buffer and the numbers.
constexpr std::size_t kBody = (sizeof(detail::TensorBody) + 63) / 64 * 64;

detail::TensorBody* new_body(const Shape& shape, Type type, detail::Ref<detail::Buffer> buffer,
                             void* data) {
  return new (pool::allocate(sizeof(detail::TensorBody)))
      detail::TensorBody(shape, type, std::move(buffer), data, false);
}

// The sizes of a nested literal; all rows of an axis must be equally long.
void measure(const Literal& literal, std::vector<std::int64_t>& sizes) {
  for (const Literal* level = &literal; level->is_list(); level = &level->items().front()) {
    sizes.push_back(static_cast<std::int64_t>(level->items().size()));
    if (level->items().empty()) return;
  }
}

void flatten(const Literal& literal, const std::vector<std::int64_t>& sizes, std::size_t depth,
             std::vector<double>& values) {
  if (!literal.is_list()) {
    if (depth != sizes.size()) throw_usage("tensor", "a nested list mixes numbers and lists");
    values.push_back(literal.value());
    return;
  }
  if (depth == sizes.size() || static_cast<std::int64_t>(literal.items().size()) != sizes[depth])
    throw_usage("tensor", "rows of a nested list have different lengths");
  for (const Literal& item : literal.items()) flatten(item, sizes, depth + 1, values);
}

template <class From, class To>
void convert_numbers(const From* from, To* to, std::int64_t n) {
  parallel_blocks(n, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) to[i] = static_cast<To>(from[i]);
  });
}

}  // namespace

void detail::TensorBody::destroy(TensorBody* body) noexcept {
  if (body->node != nullptr) destroy_node(body->node);
  const Ref<Buffer> buffer = std::move(body->buffer), home = std::move(body->home);
  const bool inside = body->inside;  // then the memory goes with the buffer
  body->~TensorBody();
  if (!inside) pool::deallocate(body, sizeof(TensorBody));
}

Tensor Tensor::empty(const Shape& shape, Type type) {
  const std::size_t numbers = static_cast<std::size_t>(shape.elements()) * size_of(type);
  auto buffer = detail::Buffer::make(numbers, kBody);
  void *place = buffer.get() + 1, *data = buffer->data;
  return Tensor(
      detail::Ref(new (place) detail::TensorBody(shape, type, std::move(buffer), data, true)));
}

Tensor::Tensor(std::initializer_list<Literal> rows, Type type) {
  const Literal root(rows);
  std::vector<std::int64_t> sizes;
  std::vector<double> values;
  measure(root, sizes);
  flatten(root, sizes, 0, values);
  *this = from(values, Shape(std::span<const std::int64_t>(sizes))).to(type);
}

Tensor Tensor::full(const Shape& shape, double value, Type type) {
  Tensor result = empty(shape, type);
  with_type(type, [&]<class T>() {
    T* to = static_cast<T*>(result.raw());
    const T x = static_cast<T>(value);
    if (result.elements() == 1) {
      *to = x;
      return;
    }
    parallel_blocks(result.elements(), [&](std::int64_t begin, std::int64_t end) {
#pragma omp simd
      for (std::int64_t i = begin; i < end; ++i) to[i] = x;
    });
  });
  return result;
}

Tensor Tensor::arange(std::int64_t count, Type type) {
  Tensor result = empty({count}, type);
  with_type(type, [&]<class T>() {
    T* to = result.data<T>();
    for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<T>(i);
  });
  return result;
}

template <class T>
Tensor Tensor::from(std::span<const T> values, const Shape& shape) {
  if (shape.elements() != static_cast<std::int64_t>(values.size()))
    throw_usage("tensor",
                fmt::format("{} values do not fill shape {}", values.size(), shape.text()));
  Tensor result = empty(shape, type_of<T>);
  if (!values.empty()) std::memcpy(result.raw(), values.data(), values.size_bytes());
  return result;
}

template <class T>
Tensor Tensor::view(std::span<T> memory, const Shape& shape) {
  if (shape.elements() != static_cast<std::int64_t>(memory.size()))
    throw_usage("view", fmt::format("{} values do not fill shape {}", memory.size(), shape.text()));
  auto buffer = detail::Buffer::wrap(memory.data());
  return Tensor(detail::Ref(new_body(shape, type_of<T>, std::move(buffer), memory.data())));
}

template Tensor Tensor::from(std::span<const float>, const Shape&);
template Tensor Tensor::from(std::span<const double>, const Shape&);
template Tensor Tensor::from(std::span<const std::int64_t>, const Shape&);
template Tensor Tensor::from(std::span<const std::uint8_t>, const Shape&);
template Tensor Tensor::view(std::span<float>, const Shape&);
template Tensor Tensor::view(std::span<double>, const Shape&);
template Tensor Tensor::view(std::span<std::int64_t>, const Shape&);
template Tensor Tensor::view(std::span<std::uint8_t>, const Shape&);

Tensor Tensor::alias(const Shape& shape, std::int64_t offset) const {
  char* data = static_cast<char*>(here().data) + static_cast<std::size_t>(offset) * size_of(type());
  return Tensor(detail::Ref(new_body(shape, type(), body_->buffer, data)));
}

namespace {

void check_index(const char* operation, std::int64_t index, std::int64_t elements) {
  if (index < 0 || index >= elements)
    throw_usage(operation,
                fmt::format("index {} is outside a tensor of {} elements", index, elements));
}

}  // namespace

double Tensor::at(std::int64_t index) const {
  check_index("at", index, elements());
  return with_type(type(), [&]<class T>() { return static_cast<double>(data<T>()[index]); });
}

double Tensor::item() const {
  check_defined("item", "tensor", *this);
  if (elements() != 1)
    throw_usage("item",
                fmt::format("the tensor has shape {}; expected one element", shape().text()));
  return at(0);
}

std::vector<double> Tensor::to_vector() const {
  std::vector<double> result(static_cast<std::size_t>(elements()));
  with_type(type(), [&]<class T>() { convert_numbers(data<T>(), result.data(), elements()); });
  return result;
}

Tensor Tensor::clone() const {
  Tensor result = empty(shape(), type());
  if (elements() > 0) std::memcpy(result.raw(), raw(), bytes());
  return result;
}

Tensor Tensor::detach() const { return alias(shape()); }

void Tensor::check_written(const char* operation) const {
  check_defined(operation, "the tensor", *this);
  if (!is_leaf())
    throw_usage(
        operation,
        "the tensor is the result of an operation, whose gradients would no longer be those "
        "of its numbers; write to detach() or clone()");
}

void Tensor::assign(const Tensor& values) {
  check_written("assign");
  check_same_type("assign", "tensor", *this, "values", values);
  check_same_shape("assign", "tensor", *this, "values", values);
  if (elements() > 0) std::memmove(raw(), values.raw(), bytes());
  raise_version();
}

void Tensor::fill(double value) { assign(full(shape(), value, type())); }

void Tensor::set(std::int64_t index, double value) {
  check_written("set");
  check_index("set", index, elements());
  with_type(type(), [&]<class T>() { data<T>()[index] = static_cast<T>(value); });
  raise_version();
}

void Tensor::convert(Type type) {
  if (type == here().type) return;
  Tensor converted = detach().to(type);
  converted.body_->buffer->version.store(version());  // a value saved before stays stale
  body_->type = type;
  body_->data = converted.body_->data;
  if (body_->inside && !body_->home) body_->home = std::move(body_->buffer);
  body_->buffer = converted.body_->buffer;
  raise_version();
}

void Tensor::refuse_type(Type wanted) const {
  throw_usage("data", fmt::format("the tensor holds {}; {} was asked for; use to()",
                                  name_of(type()), name_of(wanted)));
}

void Tensor::refuse_axis(int axis) const {
  throw_usage("size", fmt::format("axis {} of a tensor of shape {}", axis, shape().text()));
}

void Tensor::refuse_nothing() {
  throw_usage("tensor",
              "is undefined: nothing was ever assigned to it, or it was moved from; a gradient is "
              "undefined before the first backward() that reaches its tensor");
}

std::string describe(const Tensor& tensor) {
  if (!tensor.defined()) return "undefined";
  return fmt::format("{} {}", tensor.shape().text(), name_of(tensor.type()));
}

std::string to_string(const Tensor& tensor) {
  if (!tensor.defined()) return "undefined";
  std::string text;
  const std::int64_t n = tensor.elements(), shown = n < 1000 ? n : 1000;
  std::vector<std::int64_t> size(tensor.shape().begin(), tensor.shape().end());
  for (std::int64_t i = 0; i < shown; ++i) {
    std::int64_t run = 1;
    std::string open, close;
    for (std::size_t axis = size.size(); axis-- > 0;) {
      run *= size[axis];
      if (i % run == 0) open += '[';
      if ((i + 1) % run == 0) close += ']';
    }
    text += fmt::format("{}{}{:g}{}", i > 0 ? ", " : "", open, tensor.at(i), close);
  }
  return shown < n ? text + fmt::format(", ... {} more", n - shown) : text;
}

void detail::refuse_undefined(const char* operation, const char* argument) {
  throw_usage(operation, fmt::format("{} is an undefined tensor", argument));
}

void detail::refuse_integers(const char* operation, const char* argument, Type type) {
  throw_usage(operation,
              fmt::format("{} has type {}; expected float32 or float64", argument, name_of(type)));
}

void detail::refuse_types(const char* operation, const char* a_name, Type a, const char* b_name,
                          Type b) {
  throw_usage(operation, fmt::format("{} has type {} but {} has type {}; convert one with to()",
                                     a_name, name_of(a), b_name, name_of(b)));
}

void detail::refuse_shapes(const char* operation, const char* a_name, const Shape& a,
                           const char* b_name, const Shape& b) {
  throw_usage(
      operation,
      fmt::format("{} has shape {} but {} has shape {}; they must be equal (no broadcasting)",
                  a_name, a.text(), b_name, b.text()));
}

}  // namespace downhill
