#include "downhill/autodiff/detail/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <thread>
#include <utility>
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

/// The nodes whose cotangents are asked for, and where these go.
class Captures {
 public:
  explicit Captures(std::span<const Tensor> tensors) {
    places_.reserve(tensors.size());
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const Node* node = tensors[i].defined() ? tensors[i].body()->node : nullptr;
      if (node == nullptr)
        throw_usage("backward", fmt::format("input {} does not require a gradient", i));
      places_.emplace_back(node, i);
    }
    std::ranges::sort(places_);
    const auto twice = std::ranges::adjacent_find(places_, {}, &Place::first);
    if (twice != places_.end())
      throw_usage("backward", fmt::format("input {} is given twice", std::next(twice)->second));
  }
  bool empty() const { return places_.empty(); }
  std::optional<std::size_t> find(const Node* node) const {
    const auto at = std::ranges::lower_bound(places_, node, {}, &Place::first);
    if (at == places_.end() || at->first != node) return {};
    return at->second;
  }

 private:
  using Place = std::pair<const Node*, std::size_t>;
  std::vector<Place> places_;
};

/// While it lives, no other pass adds to the leaf's gradient.
class Adding {
 public:
  explicit Adding(Leaf& leaf) noexcept : flag_(leaf.adding) {
    while (flag_.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
  }
  ~Adding() { flag_.clear(std::memory_order_release); }
  Adding(const Adding&) = delete;
  Adding& operator=(const Adding&) = delete;

 private:
  std::atomic_flag& flag_;
};

/// One reverse pass: nodes by falling depth, so that each is met after all its consumers.
class Walk {
 public:
  Walk(Pass pass, const Captures& captures) : pass_(pass), captures_(captures) {}
  ~Walk() {
    operation_now = "backward";
    for (Node* node : waiting_.inner) {  // only after an exception, as the leaves
      node->slot = {};
      node->queued = false;
      destroy_node(node);
    }
    for (Node* node : waiting_.leaves) {
      sum_at(static_cast<Leaf&>(*node));
      destroy_node(node);
    }
  }

  void add(Ref<Node> node, Cotangent&& g) {
    if (node->leaf()) return add_to_leaf(std::move(node), std::move(g));
    if (node->queued) return accumulate(node->slot, std::move(g), pass_.create_graph);
    Nodes& nodes = waiting_.inner;
    nodes.push_back(node.get());
    node->slot = std::move(g);
    node.release()->queued = true;
    std::push_heap(nodes.begin(), nodes.end(), shallower);
  }

  void run(std::span<Tensor> results) {
    while (!waiting_.inner.empty()) {
      std::pop_heap(waiting_.inner.begin(), waiting_.inner.end(), shallower);
      const Ref<Node> node = taken(waiting_.inner);
      node->queued = false;
      const Cotangent g = std::move(node->slot);
      hand_out(*node, g, results);
      step(*node, g);
    }
    while (!waiting_.leaves.empty()) {
      const Ref<Node> node = taken(waiting_.leaves);
      auto& leaf = static_cast<Leaf&>(*node);
      Cotangent g = sum_at(leaf);
      hand_out(leaf, g, results);
      if (captures_.empty()) keep(leaf, std::move(g));
    }
  }

 private:
  static Ref<Node> taken(Nodes& nodes) { return Ref<Node>(nodes.pop_back()); }

  // A leaf may be in the passes of several threads at once: parameters that they share. Its slot is for the
  // pass that claims it first; the others keep what reaches it by themselves.
  void add_to_leaf(Ref<Node> node, Cotangent&& g) {
    auto& leaf = static_cast<Leaf&>(*node);
    if (Cotangent* sum = reached(leaf)) return accumulate(*sum, std::move(g), pass_.create_graph);
    if (leaf.claim(this)) leaf.slot = std::move(g);
    else borrowed_.emplace_back(&leaf, std::move(g));
    waiting_.leaves.push_back(&leaf);
    node.release();
  }
  Cotangent* reached(Leaf& leaf) {
    for (auto& [of, sum] : borrowed_)
      if (of == &leaf) return &sum;
    return leaf.claimed_by(this) ? &leaf.slot : nullptr;
  }
  // What has come together at a leaf, which then is free for other passes.
  Cotangent sum_at(Leaf& leaf) {
    Cotangent sum = std::move(*reached(leaf));
    if (leaf.claimed_by(this)) leaf.unclaim();
    return sum;
  }

  void hand_out(const Node& node, const Cotangent& g, std::span<Tensor> results) const {
    if (captures_.empty()) return;
    if (const auto place = captures_.find(&node))
      results[*place] = pass_.create_graph ? g.tensor : g.value();
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
    const Adding alone(leaf);
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
  const Captures& captures_;
  Waiting waiting_;
  std::vector<std::pair<const Leaf*, Cotangent>> borrowed_;
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
  Walk walk(pass, captures);
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
