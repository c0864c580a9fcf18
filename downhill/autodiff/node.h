#pragma once
#include <array>
#include <atomic>
#include <initializer_list>
#include <new>
#include <type_traits>

#include "downhill/tensor/tensor.h"

namespace downhill {

/// What flows backward: a tensor and a factor that nobody has multiplied in yet. A scalar factor
/// on a loss travels here and costs no pass over memory.
struct Cotangent {
  Tensor tensor;
  double scale = 1;

  bool defined() const { return tensor.defined(); }
  /// The tensor with the factor multiplied in.
  Tensor value() const;
};

/// Cotangents of a node's inputs; `wanted(k)` says which are worth computing.
struct Cotangents {
  std::span<Cotangent> out;
  std::span<detail::Node* const> next;

  bool wanted(int k) const { return next[static_cast<std::size_t>(k)] != nullptr; }
  void set(int k, Tensor tensor, double scale = 1) {
    out[static_cast<std::size_t>(k)] = {std::move(tensor), scale};
  }
};

/// Whether operations record what they do. Off inside a `NoGraph`, and during a backward pass
/// that is not itself to be differentiated.
bool recording() noexcept;
class NoGraph {
 public:
  NoGraph() noexcept;
  ~NoGraph();
  NoGraph(const NoGraph&) = delete;
  NoGraph& operator=(const NoGraph&) = delete;

 private:
  bool before_;
};

/// A tensor that a backward pass will read again, with its version at the time of recording.
class Saved {
 public:
  Saved() = default;
  explicit Saved(const Tensor& tensor) : tensor_(tensor), version_(tensor.version()) {}
  /// The tensor; UsageError, naming the operation under way, if it has been written to since.
  const Tensor& operator()() const {
    if (tensor_.defined() && tensor_.version() != version_) refuse();
    return tensor_;
  }

 private:
  [[noreturn]] void refuse() const;
  Tensor tensor_;
  unsigned version_ = 0;
};

namespace detail {

/// One recorded operation. It owns its inputs' nodes; tensors own the node that made them, so that
/// what nobody differentiates frees itself.
class Node {
 public:
  static constexpr int kInline = 3;

  Node(const char* name, std::span<const Tensor* const> inputs);
  virtual ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// Given the cotangent of the output, set those of the inputs. Written in operations, so that
  /// under `create_graph` the derivatives of derivatives come free.
  virtual void vjp(const Cotangent& g, Cotangents& out) = 0;
  /// Drops what was saved: the graph has been consumed.
  virtual void drop_saved() noexcept = 0;
  virtual std::size_t bytes() const noexcept = 0;

  const char* name() const { return name_; }
  std::span<Node* const> next() const { return {next_, static_cast<std::size_t>(count_)}; }
  bool leaf() const { return depth_ == 0; }
  /// Hands over the node's hold on its k-th input.
  Ref<Node> take(std::size_t k) noexcept { return Ref<Node>(std::exchange(next_[k], nullptr)); }

  static void* operator new(std::size_t bytes) { return pool::allocate(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept {
    pool::deallocate(memory, bytes);
  }
  static void destroy(Node* node) noexcept;

  std::atomic<int> refs{1};
  // Of the backward pass under way:
  Cotangent slot;
  bool queued = false;
  bool released = false;
  /// Longer than any input's, so that processing by falling depth meets every consumer first.
  std::int64_t depth() const { return depth_; }

 private:
  const char* name_;
  std::int64_t depth_ = 0;
  Node* next_waiting_ = nullptr;  // in the list of the dying
  Node** next_;
  int count_;
  std::array<Node*, kInline> inline_{};
};

/// A parameter or input whose gradient is kept.
class Leaf final : public Node {
 public:
  Leaf() : Node("leaf", {}) {}
  void vjp(const Cotangent&, Cotangents&) override {}
  void drop_saved() noexcept override {}
  std::size_t bytes() const noexcept override { return sizeof(*this); }

  /// For a pass that uses `slot`; false if another does.
  bool claim(const void* pass) noexcept {
    const void* nobody = nullptr;
    return pass_.compare_exchange_strong(nobody, pass, std::memory_order_acquire);
  }
  bool claimed_by(const void* pass) const noexcept {
    return pass_.load(std::memory_order_relaxed) == pass;
  }
  void unclaim() noexcept { pass_.store(nullptr, std::memory_order_release); }

  Tensor grad;
  std::atomic_flag adding;  ///< a pass adds to `grad`

 private:
  std::atomic<const void*> pass_ = nullptr;
};

template <class F>
class ClosureNode final : public Node {
 public:
  ClosureNode(const char* name, std::span<const Tensor* const> inputs, F&& f)
      : Node(name, inputs), f_(std::move(f)) {}
  ~ClosureNode() override { drop_saved(); }
  void vjp(const Cotangent& g, Cotangents& out) override { f_(g, out); }
  void drop_saved() noexcept override {
    if (!dropped_) f_.~F();
    dropped_ = true;
  }
  std::size_t bytes() const noexcept override { return sizeof(*this); }

 private:
  union {
    F f_;
  };
  bool dropped_ = false;
};

void attach(Tensor& output, Node* node);

/// The leaf behind a tensor; null if it is none.
inline Leaf* leaf_of(const Tensor& tensor) {
  Node* node = tensor.defined() ? tensor.body()->node : nullptr;
  return node != nullptr && node->leaf() ? static_cast<Leaf*>(node) : nullptr;
}

}  // namespace detail

/// True when an operation on these inputs must be recorded.
inline bool recorded(std::initializer_list<const Tensor*> inputs) {
  if (!recording()) return false;
  for (const Tensor* t : inputs)
    if (t->requires_grad()) return true;
  return false;
}

/// Makes `output` the result of the operation `name` on `inputs`, which the caller has found
/// `recorded`. `pullback(const Cotangent& g, Cotangents& out)` sets the inputs' cotangents from
/// the output's; it must hold what it needs as `Saved`.
template <class F>
void record(const char* name, Tensor& output, std::span<const Tensor* const> inputs, F&& pullback) {
  static_assert(!std::is_reference_v<F>, "a pullback is given away: std::move it");
  detail::attach(output, new detail::ClosureNode<F>(name, inputs, std::move(pullback)));
}
template <class F>
void record(const char* name, Tensor& output, std::initializer_list<const Tensor*> inputs,
            F&& pullback) {
  record(name, output, std::span(inputs.begin(), inputs.size()), std::forward<F>(pullback));
}

}  // namespace downhill
