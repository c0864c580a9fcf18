// The members of Tensor that differentiate.
#include "downhill/autodiff/detail/engine.h"
#include "downhill/core/error.h"

namespace downhill {

Tensor& Tensor::requires_grad(bool wanted) {
  check_floating("requires_grad", "the tensor", *this);
  if (requires_grad() && !is_leaf())
    throw_usage("requires_grad", "the tensor is the result of an operation; detach() it first");
  if (wanted == requires_grad()) return *this;
  if (wanted) {
    body_->node = new detail::Leaf;
  } else {
    detail::destroy_node(body_->node);
    body_->node = nullptr;
  }
  return *this;
}

bool Tensor::is_leaf() const { return !requires_grad() || body_->node->leaf(); }

Tensor Tensor::grad() const {
  const detail::Leaf* leaf = detail::leaf_of(*this);
  return leaf != nullptr ? leaf->grad : Tensor();
}

void Tensor::set_grad(const Tensor& gradient) {
  detail::Leaf* leaf = detail::leaf_of(*this);
  if (leaf == nullptr) throw_usage("set_grad", "the tensor is not a leaf that requires a gradient");
  check_same_shape("set_grad", "the tensor", *this, "gradient", gradient);
  check_same_type("set_grad", "the tensor", *this, "gradient", gradient);
  leaf->grad = gradient;
}

void Tensor::zero_grad() {
  if (detail::Leaf* leaf = detail::leaf_of(*this)) leaf->grad = Tensor();
}

void Tensor::backward(bool retain_graph) const {
  check_defined("backward", "the tensor", *this);
  if (elements() != 1)
    throw_usage("backward", "the tensor has shape " + shape().text() +
                                "; expected one number, or a seed of the same shape");
  static const Tensor seeds[] = {Tensor::scalar(1, Type::f32), Tensor::scalar(1, Type::f64)};
  const Tensor& seed = seeds[type() == Type::f64];
  backward(rank() == 0 ? seed : seed.alias(shape()), retain_graph);
}

void Tensor::backward(const Tensor& seed, bool retain_graph) const {
  detail::run_backward({this, 1}, {&seed, 1}, {.retain_graph = retain_graph});
}

Tensor Tensor::reshape(const Shape& to) const {
  if (to.elements() != elements())
    throw_usage("reshape", "shape " + shape().text() + " cannot become " + to.text());
  Tensor result = alias(to);
  if (recorded({this})) {
    record("reshape", result, {this}, [from = shape()](const Cotangent& g, Cotangents& out) {
      out.set(0, g.tensor.reshape(from), g.scale);
    });
  }
  return result;
}

Tensor Tensor::to(Type target) const {
  if (target == type()) return *this;
  Tensor result = empty(shape(), target);
  with_type(type(), [&]<class From>() {
    with_type(target, [&]<class To>() {
      const From* from = data<From>();
      To* into = result.data<To>();
      for (std::int64_t i = 0; i < elements(); ++i) into[i] = static_cast<To>(from[i]);
    });
  });
  if (is_floating(target) && recorded({this})) {
    record("to", result, {this}, [from = type()](const Cotangent& g, Cotangents& out) {
      out.set(0, g.tensor.to(from), g.scale);
    });
  }
  return result;
}

}  // namespace downhill
