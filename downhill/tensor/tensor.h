#pragma once
#include <concepts>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "downhill/tensor/detail/storage.h"
#include "downhill/tensor/shape.h"
#include "downhill/tensor/type.h"

namespace downhill {

namespace detail {
class Node;
void destroy_node(Node* node) noexcept;

/// What a tensor handle points to.
struct TensorBody {
  TensorBody(const Shape& sizes, Type kind, Ref<Buffer> memory, void* numbers, bool in_buffer)
      : type(kind), inside(in_buffer), data(numbers), buffer(std::move(memory)), shape(sizes) {}

  std::atomic<int> refs{1};
  Type type;
  bool inside;  // this body lies in its buffer's piece of memory
  void* data;
  Node* node = nullptr;  // owned; null: nothing to differentiate
  Ref<Buffer> buffer;
  Ref<Buffer> home;  // the piece an inside body lies in, if its numbers have moved elsewhere
  Shape shape;

  static void destroy(TensorBody* body) noexcept;
};
}  // namespace detail

/// Nested numbers as they are written: `Tensor x = {{1, 2}, {3, 4}};`.
class Literal {
 public:
  Literal(double value) : value_(value) {}
  Literal(std::initializer_list<Literal> items) : items_(items), list_(true) {}

  bool is_list() const { return list_; }
  double value() const { return value_; }
  const std::vector<Literal>& items() const { return items_; }

 private:
  double value_ = 0;
  std::vector<Literal> items_;
  bool list_ = false;
};

/// A row-major array of numbers, always contiguous. It is a shared handle: a copy is the same
/// numbers, `clone()` copies them. Operations make new tensors; only `assign`, `fill`, `set` and an
/// optimizer's step write into existing ones, outside of the graph, and raise the version, so that
/// a backward pass through a value that has changed throws instead of using the wrong numbers.
class Tensor {
 public:
  Tensor() = default;  ///< no tensor; `defined()` is false
  Tensor(std::initializer_list<Literal> rows, Type type = Type::f32);

  static Tensor empty(const Shape& shape, Type type = Type::f32);  ///< not initialised
  static Tensor full(const Shape& shape, double value, Type type = Type::f32);
  static Tensor zeros(const Shape& shape, Type type = Type::f32) { return full(shape, 0, type); }
  static Tensor ones(const Shape& shape, Type type = Type::f32) { return full(shape, 1, type); }
  static Tensor scalar(double value, Type type = Type::f32) { return full({}, value, type); }
  static Tensor arange(std::int64_t count, Type type = Type::f32);  ///< 0, 1, ..., count - 1
  template <class T>
  static Tensor from(std::span<const T> values, const Shape& shape);
  template <class T>
  static Tensor from(const std::vector<T>& values, const Shape& shape) {
    return from(std::span<const T>(values), shape);
  }
  template <class T>
  static Tensor from(const std::vector<T>& values) {
    return from(values, Shape{static_cast<std::int64_t>(values.size())});
  }
  /// Whole numbers of any width become int64.
  template <std::integral T>
  requires(sizeof(T) > 1 && !std::is_same_v<T, std::int64_t>) static Tensor
      from(const std::vector<T>& values) {
    return from(std::vector<std::int64_t>(values.begin(), values.end()));
  }
  /// The caller's memory, without a copy; it must outlive every tensor that shares it.
  template <class T>
  static Tensor view(std::span<T> memory, const Shape& shape);

  bool defined() const { return static_cast<bool>(body_); }
  // All that follows throws UsageError on an undefined tensor.
  const Shape& shape() const { return here().shape; }
  Type type() const { return here().type; }
  int rank() const { return shape().rank(); }
  std::int64_t elements() const { return shape().elements(); }
  /// Of an axis; negative ones count from the end. UsageError if there is no such axis.
  std::int64_t size(int axis) const {
    if (axis >= rank() || axis < -rank()) refuse_axis(axis);
    return shape()[axis];
  }

  /// The numbers; UsageError if the type is another. Who writes here writes behind the graph's
  /// back: use `assign` where a graph may still need the old values.
  template <class T>
  T* data() const {
    const detail::TensorBody& body = here();
    if (body.type != type_of<T>) refuse_type(type_of<T>);
    return static_cast<T*>(body.data);
  }
  template <class T>
  std::span<T> values() const {
    return {data<T>(), static_cast<std::size_t>(elements())};
  }
  void* raw() const { return here().data; }
  std::size_t bytes() const { return static_cast<std::size_t>(elements()) * size_of(type()); }

  double item() const;                  ///< the one number; UsageError if there are others
  double at(std::int64_t index) const;  ///< element of the flat order, bounds checked
  std::vector<double> to_vector() const;

  Tensor clone() const;                      ///< own numbers, outside of the graph
  Tensor detach() const;                     ///< the same numbers, outside of the graph
  Tensor to(Type type) const;                ///< converted (the same tensor if nothing changes)
  Tensor reshape(const Shape& shape) const;  ///< the same numbers; differentiable

  // Writing. The version rises; UsageError for the result of a recorded operation.
  void assign(const Tensor& values);
  void fill(double value);
  void set(std::int64_t index, double value);
  unsigned version() const { return here().buffer->version.load(std::memory_order_relaxed); }
  void raise_version() const {  // one writer at a time, as for the numbers themselves
    here().buffer->version.store(version() + 1, std::memory_order_relaxed);
  }
  /// Replaces type and numbers in place, for every handle (a module that changes precision).
  void convert(Type type);

  // Differentiation (autodiff/).
  bool requires_grad() const { return body_ && body_->node != nullptr; }
  Tensor& requires_grad(bool wanted);  ///< makes it a leaf whose gradient is kept
  bool is_leaf() const;
  Tensor grad() const;  ///< undefined before the first backward
  void set_grad(const Tensor& gradient);
  void zero_grad();
  /// Gradients of this one number with respect to all leaves, added to their `grad()`. Consumes
  /// the graph unless `retain_graph`; a second call then throws UsageError.
  void backward(bool retain_graph = false) const;
  void backward(const Tensor& seed, bool retain_graph = false) const;

  /// Same memory.
  bool shares(const Tensor& other) const {
    return body_ && other.body_ && body_->buffer.get() == other.body_->buffer.get();
  }
  /// Nobody else holds the numbers, so that they may be written.
  bool sole_owner() const { return body_.sole() && body_->buffer.sole(); }

  detail::TensorBody* body() const { return body_.get(); }
  /// A new handle on the same memory, from `offset` elements on.
  Tensor alias(const Shape& shape, std::int64_t offset = 0) const;

 private:
  explicit Tensor(detail::Ref<detail::TensorBody> body) : body_(std::move(body)) {}
  detail::TensorBody& here() const {
    if (!body_) refuse_nothing();
    return *body_;
  }
  [[noreturn]] void refuse_type(Type wanted) const;
  [[noreturn]] void refuse_axis(int axis) const;
  void check_written(const char* operation) const;
  [[noreturn]] static void refuse_nothing();

  detail::Ref<detail::TensorBody> body_;
};

/// "(2, 3) float32", for messages.
std::string describe(const Tensor& tensor);
/// The numbers, nested, for printing; long tensors are cut.
std::string to_string(const Tensor& tensor);

namespace detail {
[[noreturn]] void refuse_undefined(const char* operation, const char* argument);
[[noreturn]] void refuse_integers(const char* operation, const char* argument, Type type);
[[noreturn]] void refuse_types(const char* operation, const char* a_name, Type a,
                               const char* b_name, Type b);
[[noreturn]] void refuse_shapes(const char* operation, const char* a_name, const Shape& a,
                                const char* b_name, const Shape& b);
}  // namespace detail

// Checks; each names the operation and the arguments.
inline void check_defined(const char* operation, const char* argument, const Tensor& tensor) {
  if (!tensor.defined()) detail::refuse_undefined(operation, argument);
}
inline void check_floating(const char* operation, const char* argument, const Tensor& tensor) {
  check_defined(operation, argument, tensor);
  if (!is_floating(tensor.type())) detail::refuse_integers(operation, argument, tensor.type());
}
inline void check_same_type(const char* operation, const char* a_name, const Tensor& a,
                            const char* b_name, const Tensor& b) {
  check_defined(operation, a_name, a);
  check_defined(operation, b_name, b);
  if (a.type() != b.type()) detail::refuse_types(operation, a_name, a.type(), b_name, b.type());
}
inline void check_same_shape(const char* operation, const char* a_name, const Tensor& a,
                             const char* b_name, const Tensor& b) {
  check_defined(operation, a_name, a);
  check_defined(operation, b_name, b);
  if (!(a.shape() == b.shape()))
    detail::refuse_shapes(operation, a_name, a.shape(), b_name, b.shape());
}

/// Calls `body.operator()<T>()` with the C++ type of a floating tensor.
template <class Body>
decltype(auto) with_floating(Type type, Body&& body) {
  if (type == Type::f32) return body.template operator()<float>();
  return body.template operator()<double>();
}
/// The same for all types.
template <class Body>
decltype(auto) with_type(Type type, Body&& body) {
  switch (type) {
    case Type::f32:
      return body.template operator()<float>();
    case Type::f64:
      return body.template operator()<double>();
    case Type::i64:
      return body.template operator()<std::int64_t>();
    default:
      return body.template operator()<std::uint8_t>();
  }
}

}  // namespace downhill
