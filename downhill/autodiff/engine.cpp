#include "downhill/autodiff/detail/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "downhill/autodiff/detail/accumulate.h"
#include "downhill/core/error.h"

namespace downhill::detail {
namespace {

[[gnu::tls_model("initial-exec")]] constinit thread_local const char* operation_now = "backward";

bool shallower(const Node* a, const Node* b) { return a->depth() < b->depth(); }

/// One reverse pass: nodes by falling depth, so that each is met after all its consumers.
class Walk {
 public:
  Walk(Pass pass, bool capturing) : pass_(pass), capturing_(capturing) { queue_.swap(spare()); }
  ~Walk() {
    operation_now = "backward";
    for (Node* node : queue_) {  // only after an exception
      clear(*node);
      destroy_node(node);
    }
    queue_.clear();
    queue_.swap(spare());
  }

  void add(Node* node, Cotangent&& g) {
    if (!node->slot.defined()) {
      node->slot = std::move(g);
    } else {
      accumulate(node->slot, std::move(g), pass_.create_graph);
    }
    if (node->queued) return;
    node->queued = true;
    queue_.push_back(Ref<Node>::share(node).release());
    std::push_heap(queue_.begin(), queue_.end(), shallower);
  }

  void run(std::span<Tensor> results) {
    while (!queue_.empty()) {
      std::pop_heap(queue_.begin(), queue_.end(), shallower);
      const Ref<Node> node(queue_.back());
      queue_.pop_back();
      Cotangent g = std::move(node->slot);
      clear(*node);
      if (node->capture >= 0)
        results[static_cast<std::size_t>(node->capture)] =
            pass_.create_graph ? g.tensor : g.value();
      if (node->leaf()) {
        if (!capturing_) keep(static_cast<Leaf&>(*node), std::move(g));
        continue;
      }
      step(*node, g);
    }
  }

 private:
  static void clear(Node& node) {
    node.slot = {};
    node.queued = false;
  }
  // A backward inside a backward finds the spare taken and uses a fresh vector.
  static std::vector<Node*>& spare() {
    thread_local std::vector<Node*> vector;
    return vector;
  }

  void step(Node& node, const Cotangent& g) {
    operation_now = node.name();
    if (node.released)
      throw_usage(node.name(),
                  "backward was already called on this graph and has consumed it; build it again, "
                  "or pass retain_graph the first time");
    const auto next = node.next();
    std::array<Cotangent, Node::kInline> few;
    std::vector<Cotangent> many;
    std::span<Cotangent> out(few);
    if (next.size() > few.size()) {
      many.resize(next.size());
      out = many;
    }
    Cotangents cotangents{out.first(next.size()), next};
    node.vjp(g, cotangents);
    if (!pass_.retain_graph && !pass_.create_graph) node.drop_saved();
    for (std::size_t k = 0; k < next.size(); ++k)
      if (next[k] != nullptr && out[k].defined()) add(next[k], std::move(out[k]));
    if (!pass_.retain_graph && !pass_.create_graph) {
      node.released = true;
      node.release();
    }
  }

  void keep(Leaf& leaf, Cotangent&& g) {
    if (leaf.grad.defined()) {
      Cotangent sum{std::move(leaf.grad), 1};
      accumulate(sum, std::move(g), pass_.create_graph);
      leaf.grad = sum.value();
    } else {
      leaf.grad = owned(std::move(g), pass_.create_graph);
    }
  }

  Pass pass_;
  bool capturing_;
  std::vector<Node*> queue_;  // each holds one count
};

/// Marks captured nodes for the time of a pass.
class Captures {
 public:
  explicit Captures(std::span<const Tensor> tensors) : tensors_(tensors) {
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      Node* node = tensors[i].defined() ? tensors[i].body()->node : nullptr;
      if (node == nullptr) {
        unmark(i);
        throw_usage("backward", fmt::format("input {} does not require a gradient", i));
      }
      if (node->capture >= 0) {
        unmark(i);
        throw_usage("backward", fmt::format("input {} is given twice", i));
      }
      node->capture = static_cast<int>(i);
    }
  }
  ~Captures() { unmark(tensors_.size()); }

 private:
  void unmark(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) tensors_[i].body()->node->capture = -1;
  }
  std::span<const Tensor> tensors_;
};

}  // namespace

const char* current_operation() noexcept { return operation_now; }

void run_backward(std::span<const Tensor> roots, std::span<const Tensor> seeds, Pass pass,
                  std::span<const Tensor> captured, std::span<Tensor> results) {
  for (std::size_t i = 0; i < roots.size(); ++i) {
    const Tensor& root = roots[i];
    check_defined("backward", "the tensor", root);
    if (!root.requires_grad())
      throw_usage("backward", "the tensor does not depend on anything that requires a gradient");
    check_same_shape("backward", "the tensor", root, "seed", seeds[i]);
    check_same_type("backward", "the tensor", root, "seed", seeds[i]);
    if (root.body()->node->released)
      throw_usage(
          root.body()->node->name(),
          "backward was already called on this graph and has consumed it; build it again, or "
          "pass retain_graph the first time");
  }
  const Captures captures(captured);
  Walk walk(pass, !captured.empty());
  for (std::size_t i = 0; i < roots.size(); ++i) walk.add(roots[i].body()->node, {seeds[i], 1});
  if (pass.create_graph) {
    walk.run(results);
  } else {
    const NoGraph off;
    walk.run(results);
  }
}

}  // namespace downhill::detail
