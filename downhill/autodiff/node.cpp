#include "downhill/autodiff/node.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "downhill/autodiff/detail/engine.h"
#include "downhill/autodiff/graph_again.h"
#include "downhill/autodiff/watch.h"
#include "downhill/core/error.h"

namespace downhill {
namespace {

// Small and constant at start, so that reaching them is one instruction and not a call.
[[gnu::tls_model("initial-exec")]] constinit thread_local bool recording_now = true;
[[gnu::tls_model("initial-exec")]] constinit thread_local std::optional<NonFinite>* watched =
    nullptr;
[[gnu::tls_model("initial-exec")]] constinit thread_local bool draining = false;
[[gnu::tls_model("initial-exec")]] constinit thread_local detail::Node* waiting = nullptr;

void look_at(const Tensor& output, const char* operation, bool slope) {
  if (watched->has_value()) return;
  const std::int64_t at = find_non_finite(output);
  if (at >= 0) *watched = NonFinite{operation, output.shape(), at, output.at(at), slope};
}

}  // namespace

bool recording() noexcept { return recording_now; }
NoGraph::NoGraph() noexcept : before_(recording_now) { recording_now = false; }
NoGraph::~NoGraph() { recording_now = before_; }
GraphAgain::GraphAgain() noexcept : before_(recording_now) { recording_now = true; }
GraphAgain::~GraphAgain() { recording_now = before_; }

void Saved::refuse() const {
  throw_usage(
      detail::current_operation(),
      fmt::format("backward needs a value of shape {} that was overwritten in place after it "
                  "was used (version {} then, {} now); call backward before the write, or "
                  "use clone()",
                  tensor_.shape().text(), version_, tensor_.version()));
}

std::optional<NonFinite> first_non_finite(const std::function<void()>& work) {
  struct Restore {
    ~Restore() { watched = before; }
    std::optional<NonFinite>* before = watched;
  } restore;
  std::optional<NonFinite> found;
  watched = &found;
  work();
  return found;
}

std::int64_t find_non_finite(const Tensor& tensor) {
  if (!tensor.defined() || !is_floating(tensor.type())) return -1;
  return with_floating(tensor.type(), [&]<class T>() -> std::int64_t {
    const T* x = tensor.data<T>();
    for (std::int64_t i = 0; i < tensor.elements(); ++i)
      if (!std::isfinite(x[i])) return i;
    return -1;
  });
}

namespace detail {

void watch_slopes(const char* operation, std::span<const Cotangent> slopes) {
  if (watched == nullptr) return;
  for (const Cotangent& slope : slopes)
    if (slope.defined()) look_at(slope.value(), operation, true);
}

Node::Node(const char* name, std::span<const Tensor* const> inputs)
    : name_(name), count_(static_cast<int>(inputs.size())) {
  next_ = count_ <= kInline ? inline_.data() : new Node*[inputs.size()];
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    Node* source = inputs[k]->body()->node;
    next_[k] = source;
    if (source == nullptr) continue;
    source->refs.fetch_add(1, std::memory_order_relaxed);
    depth_ = std::max(depth_, source->depth_);
  }
  if (count_ > 0) ++depth_;
}

Node::~Node() {
  for (Node* source : next())
    if (source != nullptr) destroy_node(source);
  if (next_ != inline_.data()) delete[] next_;
}

// Chains of a million nodes must not recurse: a node that dies while another is dying waits in a
// list.
void Node::destroy(Node* node) noexcept {
  if (draining) {
    node->next_waiting_ = waiting;
    waiting = node;
    return;
  }
  draining = true;
  for (;;) {
    delete node;
    if (waiting == nullptr) break;
    node = waiting;
    waiting = node->next_waiting_;
  }
  draining = false;
}

void destroy_node(Node* node) noexcept {
  if (node->refs.load(std::memory_order_acquire) == 1 ||
      node->refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
    Node::destroy(node);
}

void attach(Tensor& output, Node* node) {
  Node*& place = output.body()->node;
  if (place != nullptr) destroy_node(place);
  place = node;
  if (watched != nullptr) look_at(output, node->name(), false);
}

}  // namespace detail
}  // namespace downhill
