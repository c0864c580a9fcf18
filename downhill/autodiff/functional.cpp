#include "downhill/autodiff/functional.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "downhill/autodiff/detail/engine.h"
#include "downhill/core/error.h"

namespace downhill {
namespace {

Tensors leaves(const Tensors& at) {
  Tensors points;
  for (const Tensor& x : at) {
    check_floating("differentiation", "a point", x);
    points.push_back(x.detach());
    points.back().requires_grad(true);
  }
  return points;
}

void check_scalar(const char* operation, const Tensor& value) {
  check_floating(operation, "the function's value", value);
  if (value.elements() != 1)
    throw_usage(operation,
                "the function's value has shape " + value.shape().text() + "; expected one number");
}

void check_like(const char* operation, const Tensors& direction, const Tensors& at) {
  if (direction.size() != at.size())
    throw_usage(operation, "there must be one direction for each input");
  for (std::size_t i = 0; i < at.size(); ++i) {
    check_same_shape(operation, "direction", direction[i], "input", at[i]);
    check_same_type(operation, "direction", direction[i], "input", at[i]);
  }
}

Tensors zeros_where_undefined(Tensors results, const Tensors& like) {
  for (std::size_t i = 0; i < results.size(); ++i)
    if (!results[i].defined()) results[i] = Tensor::zeros(like[i].shape(), like[i].type());
  return results;
}

// sum_i <outputs_i, cotangents_i>, differentiated in one pass that keeps the graph.
Tensors pull_back(const Tensors& outputs, const Tensors& cotangents, const Tensors& inputs) {
  Tensors roots, seeds, results(inputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!outputs[i].requires_grad()) continue;
    roots.push_back(outputs[i]);
    seeds.push_back(cotangents[i]);
  }
  if (!roots.empty()) detail::run_backward(roots, seeds, {.retain_graph = true}, inputs, results);
  return zeros_where_undefined(std::move(results), inputs);
}

}  // namespace

Tensors gradients(const Tensor& output, const Tensor& cotangent, const Tensors& inputs,
                  bool create_graph, bool retain_graph) {
  check_defined("gradients", "the output", output);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    check_defined("gradients", "an input", inputs[i]);
    if (!inputs[i].requires_grad())
      throw_usage("gradients", "input " + std::to_string(i) +
                                   " does not require a gradient: requires_grad(true) before the "
                                   "output is computed from it");
  }
  Tensors results(inputs.size());
  if (output.requires_grad())
    detail::run_backward({&output, 1}, {&cotangent, 1},
                         {.retain_graph = retain_graph, .create_graph = create_graph}, inputs,
                         results);
  return zeros_where_undefined(std::move(results), inputs);
}

Tensors gradients(const Tensor& output, const Tensors& inputs, bool create_graph,
                  bool retain_graph) {
  check_scalar("gradients", output);
  return gradients(output, Tensor::ones(output.shape(), output.type()), inputs, create_graph,
                   retain_graph);
}

ValueAndGrad value_and_grad(const ScalarFunction& f, const Tensors& at) {
  const Tensors points = leaves(at);
  const Tensor value = f(points);
  check_scalar("value_and_grad", value);
  return {value.detach(), gradients(value, points)};
}

Tensors vjp(const TensorFunction& f, const Tensors& at, const Tensor& cotangent) {
  const Tensors points = leaves(at);
  return gradients(f(points), cotangent, points);
}

Jacobian::Jacobian(const Tensor& output, const Tensors& leaves) : leaves_(leaves), output_(output) {
  check_floating("jacobian", "the output", output);
  if (!output.requires_grad()) return;
  cotangent_ = Tensor::zeros(output.shape(), output.type());
  cotangent_.requires_grad(true);
  pulled_ = gradients(output, cotangent_, leaves, true);
}

Tensor Jacobian::operator()(const Tensors& direction) const {
  check_like("jvp", direction, leaves_);
  if (!cotangent_.defined()) return Tensor::zeros(output_.shape(), output_.type());
  return pull_back(pulled_, direction, {cotangent_})[0];
}

Tensors Jacobian::transposed(const Tensor& cotangent) const {
  check_same_shape("vjp", "cotangent", cotangent, "output", output_);
  return pull_back({output_}, {cotangent}, leaves_);
}

Tensor jvp(const TensorFunction& f, const Tensors& at, const Tensors& direction) {
  check_like("jvp", direction, at);
  const Tensors points = leaves(at);
  return Jacobian(f(points), points)(direction);
}

Tensors hvp(const ScalarFunction& f, const Tensors& at, const Tensors& direction) {
  return HessianProduct(f, at)(direction);
}

HessianProduct::HessianProduct(const ScalarFunction& f, const Tensors& at) : points_(leaves(at)) {
  const Tensor value = f(points_);
  check_scalar("hvp", value);
  value_ = value.item();
  gradient_ = gradients(value, points_, true);
}

HessianProduct::HessianProduct(const Tensor& loss, const Tensors& points) : points_(points) {
  check_scalar("hvp", loss);
  value_ = loss.item();
  gradient_ = gradients(loss, points_, true);
}

Tensors HessianProduct::operator()(const Tensors& direction) const {
  check_like("hvp", direction, points_);
  return pull_back(gradient_, direction, points_);
}

std::int64_t other_leaves(const Tensor& output, const Tensors& known) {
  std::unordered_set<const detail::Node*> met;
  for (const Tensor& leaf : known) met.insert(detail::leaf_of(leaf));
  std::vector<const detail::Node*> waiting{output.body()->node};
  std::int64_t others = 0;
  while (!waiting.empty()) {
    const detail::Node* node = waiting.back();
    waiting.pop_back();
    if (node == nullptr || !met.insert(node).second) continue;
    others += node->leaf() ? 1 : 0;
    for (const detail::Node* next : node->next()) waiting.push_back(next);
  }
  return others;
}

Tensor hessian(const ScalarFunction& f, const Tensors& at) {
  std::int64_t n = 0;
  for (const Tensor& x : at) n += x.elements();
  if (n > 10000)
    throw_usage("hessian", std::to_string(n) +
                               " variables are too many for a whole Hessian (at most "
                               "10,000); use hvp");
  const HessianProduct product(f, at);
  Tensor result = Tensor::empty({n, n}, Type::f64);
  std::int64_t row = 0;
  Tensors direction;
  for (const Tensor& x : at) direction.push_back(Tensor::zeros(x.shape(), x.type()));
  for (Tensor& part : direction) {
    for (std::int64_t i = 0; i < part.elements(); ++i, ++row) {
      part.set(i, 1);
      double* to = result.data<double>() + row * n;
      for (const Tensor& h : product(direction))
        for (const double v : h.to_vector()) *to++ = v;
      part.set(i, 0);
    }
  }
  return result.to(at.empty() ? Type::f64 : at[0].type());
}

namespace {

// df/dx by central differences of fourth order.
template <class F>
std::vector<double> differences(F f, double x, double step) {
  const double h = step * std::max(1.0, std::abs(x));
  const auto a = f(x + h), b = f(x - h), c = f(x + 2 * h), d = f(x - 2 * h);
  std::vector<double> result(a.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    result[i] = (8 * (a[i] - b[i]) - (c[i] - d[i])) / (12 * h);
  return result;
}

std::vector<double> flatten(const Tensors& tensors) {
  std::vector<double> all;
  for (const Tensor& t : tensors)
    for (const double v : t.to_vector()) all.push_back(v);
  return all;
}

// Compares columns: `values(points)` is a vector function; `exact` its derivative by element.
template <class Values>
Gradcheck compare(const Tensors& at, double step, Values values,
                  const std::function<std::vector<double>(std::size_t)>& exact) {
  struct Entry {
    int input;
    std::int64_t element;
    double ours, reference;
  };
  std::vector<Entry> entries;
  std::size_t index = 0;
  double largest = 0;
  for (std::size_t k = 0; k < at.size(); ++k) {
    if (at[k].type() != Type::f64) throw_usage("gradcheck", "points must be float64");
    for (std::int64_t i = 0; i < at[k].elements(); ++i, ++index) {
      const auto moved = [&](double x) {
        Tensors points = at;
        points[k] = at[k].clone();
        points[k].set(i, x);
        return values(points);
      };
      const auto reference = differences(moved, at[k].at(i), step);
      const auto ours = exact(index);
      for (std::size_t j = 0; j < reference.size(); ++j) {
        entries.push_back({static_cast<int>(k), i, ours[j], reference[j]});
        largest = std::max(largest, std::abs(reference[j]));
      }
    }
  }
  Gradcheck result;
  result.compared = static_cast<std::int64_t>(entries.size());
  for (const Entry& e : entries) {
    const double scale = std::max({std::abs(e.reference), 1e-3 * largest, 1e-300});
    const double error = std::abs(e.ours - e.reference) / scale;
    if (!(error <= result.worst))
      result = {error, e.input, e.element, e.ours, e.reference, result.compared};
  }
  return result;
}

}  // namespace

Gradcheck gradcheck(const ScalarFunction& f, const Tensors& at, double step) {
  const std::vector<double> exact = flatten(value_and_grad(f, at).gradients);
  return compare(
      at, step, [&](const Tensors& x) { return std::vector<double>{f(leaves(x)).item()}; },
      [&](std::size_t i) { return std::vector<double>{exact[i]}; });
}

Gradcheck gradcheck_second(const ScalarFunction& f, const Tensors& at, double step) {
  const Tensor exact = hessian(f, at);
  const auto n = static_cast<std::size_t>(exact.size(0));
  const std::vector<double> all = exact.to_vector();
  return compare(
      at, step, [&](const Tensors& x) { return flatten(value_and_grad(f, x).gradients); },
      [&](std::size_t i) {
        return std::vector<double>(all.begin() + static_cast<std::ptrdiff_t>(i * n),
                                   all.begin() + static_cast<std::ptrdiff_t>((i + 1) * n));
      });
}

}  // namespace downhill
