#include "downhill/autodiff/detail/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "downhill/autodiff/detail/accumulate.h"
#include "downhill/core/error.h"
#include "downhill/core/pool.h"

namespace downhill::detail {
namespace {

[[gnu::tls_model("initial-exec")]] constinit thread_local const char* operation_now = "backward";

bool shallower(const Node* a, const Node* b) { return a->depth() < b->depth(); }

/// A list of nodes that needs no memory of its own while it is short.
class Nodes {
 public:
  Nodes() = default;
  Nodes(const Nodes&) = delete;
  Nodes& operator=(const Nodes&) = delete;
  ~Nodes() {
    if (first_ != few_) pool::deallocate(first_, room_ * sizeof(Node*));
  }
  void push_back(Node* node) {
    if (count_ == room_) grow();
    first_[count_++] = node;
  }
  Node* pop_back() { return first_[--count_]; }
  bool empty() const { return count_ == 0; }
  Node** begin() { return first_; }
  Node** end() { return first_ + count_; }

 private:
  static constexpr std::size_t kFew = 16;
  void grow() {
    auto* more = static_cast<Node**>(pool::allocate(2 * room_ * sizeof(Node*)));
    std::copy_n(first_, count_, more);
    if (first_ != few_) pool::deallocate(first_, room_ * sizeof(Node*));
    first_ = more;
    room_ *= 2;
  }
  Node* few_[kFew];
  Node** first_ = few_;
  std::size_t count_ = 0, room_ = kFew;
};

/// The nodes that a pass has met and not yet done; each holds one count.
struct Waiting {
  Nodes inner;   // a heap, the deepest first
  Nodes leaves;  // in the order met; done last, so that a throw leaves them alone
};

/// One reverse pass: nodes by falling depth, so that each is met after all its consumers.
class Walk {
 public:
  Walk(Pass pass, bool capturing) : pass_(pass), capturing_(capturing) {}
  ~Walk() {
    operation_now = "backward";
    for (Nodes* nodes : {&waiting_.inner, &waiting_.leaves}) {
      for (Node* node : *nodes) {  // only after an exception
        node->slot = {};
        node->queued = false;
        destroy_node(node);
      }
    }
  }

  void add(Ref<Node> node, Cotangent&& g) {
    if (node->queued) return accumulate(node->slot, std::move(g), pass_.create_graph);
    Nodes& nodes = node->leaf() ? waiting_.leaves : waiting_.inner;
    nodes.push_back(node.get());
    node->slot = std::move(g);
    node->queued = true;
    if (!node.release()->leaf()) std::push_heap(nodes.begin(), nodes.end(), shallower);
  }

  void run(std::span<Tensor> results) {
    while (!waiting_.inner.empty()) {
      std::pop_heap(waiting_.inner.begin(), waiting_.inner.end(), shallower);
      const Ref<Node> node = taken(waiting_.inner);
      const Cotangent g = arrived(*node, results);
      step(*node, g);
    }
    while (!waiting_.leaves.empty()) {
      const Ref<Node> node = taken(waiting_.leaves);
      Cotangent g = arrived(*node, results);
      if (!capturing_) keep(static_cast<Leaf&>(*node), std::move(g));
    }
  }

 private:
  static Ref<Node> taken(Nodes& nodes) { return Ref<Node>(nodes.pop_back()); }
  // What has come together at the node, which then is as before the pass.
  Cotangent arrived(Node& node, std::span<Tensor> results) const {
    node.queued = false;
    Cotangent g = std::move(node.slot);
    if (node.capture >= 0)
      results[static_cast<std::size_t>(node.capture)] = pass_.create_graph ? g.tensor : g.value();
    return g;
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
    watch_slopes(node.name(), cotangents.out);
    const bool consume = !pass_.retain_graph && !pass_.create_graph;
    if (consume) {
      node.drop_saved();
      node.released = true;
    }
    for (std::size_t k = 0; k < next.size(); ++k) {
      Ref<Node> input = consume ? node.take(k) : Ref<Node>::share(next[k]);
      if (input && out[k].defined()) add(std::move(input), std::move(out[k]));
    }
  }

  void keep(Leaf& leaf, Cotangent&& g) {
    if (leaf.grad.defined()) {
      check_same_type("backward", "the gradient so far", leaf.grad, "the new one", g.tensor);
      Cotangent sum{std::move(leaf.grad), 1};
      accumulate(sum, std::move(g), pass_.create_graph);
      leaf.grad = sum.value();
    } else {
      leaf.grad = owned(std::move(g), pass_.create_graph);
    }
  }

  Pass pass_;
  bool capturing_;
  Waiting waiting_;
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
  for (std::size_t i = 0; i < roots.size(); ++i)
    walk.add(Ref<Node>::share(roots[i].body()->node), {seeds[i], 1});
  if (pass.create_graph) {
    walk.run(results);
  } else {
    const NoGraph off;
    walk.run(results);
  }
}

}  // namespace downhill::detail
