#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/optim/step.h"
#include "downhill/tensor/tensor.h"

// A link takes a gradient and hands on a direction. It is a plain aggregate; its members say what
// it needs, and `make_link` (link_kernel.h) recognises which kind it is:
//
//   block    `at(const Step&)` returns a formula of numbers (g, p) or (g, p, state&)
//   measured a block link with `static auto measure(g, p)`, summed over all parameters beforehand
//   matrix   `Tensor matrix(direction, parameter, std::span<Tensor> states, step)`, for rank 2
//   flat     `void run(Problem&, NamedTensors& memory)`: all directions at once, with a memory
//   closure  a flat link with `static constexpr bool needs_closure = true`: may evaluate the loss
//            again; with `moves = true` it writes the parameters itself (a line search)
// A flat link with a memory has `std::vector<std::string> misfits(memory, elements)` as well, which
// names what in a loaded memory it cannot work with.

namespace downhill {

/// One setting of a link or optimizer, erased: read and written by name.
struct Setting {
  std::string name;
  std::string text;
};

/// The settings of a link or optimizer struct.
template <class M>
std::vector<Setting> settings_of(const M& method) {
  std::vector<Setting> all;
  if constexpr (requires { M::options(); })
    for (const Option& option : M::options()) all.push_back({option.name, option.print(&method)});
  return all;
}

/// What every erased link offers: its name and its settings.
class Link {
 public:
  enum class Kind { block, matrix, flat };
  virtual ~Link() = default;
  virtual Kind kind() const = 0;
  virtual const std::string& name() const = 0;
  virtual std::vector<Setting> settings() const = 0;
  /// A copy with one setting changed; UsageError if the value is out of range.
  virtual std::shared_ptr<const Link> with(const std::string& setting,
                                           const std::string& text) const = 0;
};
using LinkPtr = std::shared_ptr<const Link>;

/// A pointwise link, bound to one step by `bind` and then run on strips of numbers.
class BlockLink : public Link {
 public:
  Kind kind() const final { return Kind::block; }
  static constexpr std::size_t kBound = 128;  ///< bytes of a bound formula
  static constexpr std::size_t kMaxStates = 8;
  struct alignas(16) Bound {
    std::byte bytes[kBound];
  };

  virtual std::span<const char* const> states() const = 0;
  virtual bool measures() const = 0;
  virtual void bind(const Step& step, Bound& bound) const = 0;
  /// d[i] becomes the direction; states[k][i] are read and written.
  virtual void run(const Bound& bound, float* d, const float* p, float* const* states,
                   std::int64_t n) const = 0;
  virtual void run(const Bound& bound, double* d, const double* p, double* const* states,
                   std::int64_t n) const = 0;
  /// The sum that `measure` asks for.
  virtual double measure(const float* g, const float* p, std::int64_t n) const = 0;
  virtual double measure(const double* g, const double* p, std::int64_t n) const = 0;
};

/// A link on whole matrices (rank 2); other parameters pass through unchanged.
class MatrixLink : public Link {
 public:
  Kind kind() const final { return Kind::matrix; }
  virtual std::span<const char* const> states() const = 0;
  virtual Tensor run(const Tensor& direction, const Tensor& parameter, std::span<Tensor> states,
                     const Step& step) const = 0;
};

/// Tensors by name: what a link with a memory of its own saves.
using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

/// Everything a link beyond one parameter may use.
struct Problem {
  std::span<const Tensor> parameters;  ///< leaves, in order
  std::span<Tensor> directions;        ///< in: the gradient or what earlier links made of it
  /// Evaluates the loss at the parameters' present values and leaves the gradients in their grad();
  /// empty if `step()` was called without a closure.
  const std::function<double()>& evaluate;
  /// H v at the present values, by differentiating the closure's graph.
  const std::function<std::vector<Tensor>(const std::vector<Tensor>&)>& hessian_product;
  double value = 0;  ///< the loss before the step
  std::int64_t t = 1;
};

/// A link on all parameters as one vector. It keeps its memory in the optimizer's `memory`.
class FlatLink : public Link {
 public:
  Kind kind() const final { return Kind::flat; }
  /// Directions in place. `memory` holds what this link saved there; it may add and remove.
  virtual void run(Problem& problem, NamedTensors& memory) const = 0;
  /// What is wrong with a memory that was loaded, one text per tensor; `elements` is the number of
  /// all parameters together.
  virtual std::vector<std::string> misfits(const NamedTensors&, std::int64_t) const { return {}; }
  /// True if `run` needs the loss to be evaluated again (a line search, Hessian products).
  virtual bool needs_closure() const { return false; }
  /// True if `run` writes the parameters itself; then it is the last link.
  virtual bool moves() const { return false; }
};

/// A chain of links; see optimizer.h for how it is run.
using Chain = std::vector<LinkPtr>;

}  // namespace downhill
