#pragma once
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/optim/step.h"
#include "downhill/schedules/hyper.h"
#include "downhill/tensor/tensor.h"

// A link takes a gradient and hands on a direction. It is a plain aggregate; its members say what
// it needs, and `make_link` (chain.h) recognises which of two kinds it is:
//
//   block    `at(const Step&)` returns a struct of numbers with a constexpr call operator: one
//            formula (g, p) or (g, p, state&), run over memory in one pass with its neighbours
//   tensor   `void run(std::span<Part>, Context&)`: everything that is not pointwise (context.h)
//
// Both may declare more:
//   template <class N> struct State { N m, v; };  and  `states`, their names    (block)
//   static StateShapes states(const Shape& parameter)                           (tensor)
//   static auto measure(g, p) or (g, p, state)   up to 4 sums, an std::array, over all parameters,
//            or with `static constexpr bool per_tensor = true` for each           (block)
//   struct Numbers { double a = 1; };  and  `numbers`, their names: one set for the link, saved.
//            A block link has `void next(Numbers&, const Step&) const`, called once per update, and
//            reads them in `at(step, numbers)`; a tensor link takes them from its Context
//   static constexpr bool gate = true;  with  `bool open(const Step&[, const Numbers&]) const`:
//            while it is closed, later links neither run nor count                 (block)
//            `guards = true` beside it: closed for gradients that are not finite
//   auto evaluated(p, const state&) const: the weights to evaluate with           (block)
//   static constexpr bool of_gradient = true: must stand before the learning rate; of_step = true:
//            takes the step as it is made, and must be last
//   static constexpr const char* rate = "lr": the option that is the learning rate
//   static constexpr bool needs_closure = true: evaluates the loss again           (tensor)
//   static constexpr bool moves = true: writes the parameters itself; the last link (tensor)

namespace downhill {

/// One setting of a link or optimizer, erased: read and written by name.
struct Setting {
  std::string name;
  std::string text;
  std::optional<Hyper> value = {};  ///< of a number that may follow a schedule
};

/// The settings of a link or optimizer struct.
std::vector<Setting> settings_of(Options options, const void* owner);
template <class M>
std::vector<Setting> settings_of(const M& method) {
  if constexpr (requires { M::options(); }) {
    const auto options = M::options();
    return settings_of(Options(options), &method);
  } else {
    return {};
  }
}

/// Names and shapes of what a tensor link keeps: made as zeros, saved by name, checked at load.
using StateShapes = std::vector<std::pair<std::string, Shape>>;
/// Tensors by name: what is saved.
using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

/// What every erased link offers.
class Link {
 public:
  enum class Kind { block, tensor };
  /// What a link declares of itself.
  struct Traits {
    std::string name;
    std::span<const char* const> numbers = {};
    std::vector<double> first_numbers = {};
    const char* rate = nullptr;
    bool needs_closure = false, moves = false, gate = false;
    bool of_gradient = false, of_step = false;  ///< must stand before, or behind, the learning rate
    bool guards = false;  ///< the gate is closed for gradients that are not finite
  };

  virtual ~Link() = default;
  virtual Kind kind() const = 0;
  virtual std::vector<Setting> settings() const = 0;
  /// A copy with one setting changed; UsageError if the value is out of range.
  virtual std::shared_ptr<const Link> with(const std::string& setting,
                                           const std::string& text) const = 0;
  /// A copy whose schedules of 0 steps last so many.
  virtual std::shared_ptr<const Link> over(std::int64_t steps) const = 0;

  const Traits& traits() const { return traits_; }
  const std::string& name() const { return traits_.name; }
  /// "clip_by_global_norm:max_norm=1"
  std::string text() const;

 protected:
  explicit Link(Traits traits) : traits_(std::move(traits)) {}

 private:
  Traits traits_;
};
using LinkPtr = std::shared_ptr<const Link>;

/// A pointwise link, bound to one step by `bind` and then run on strips of numbers.
class BlockLink : public Link {
 public:
  using Link::Link;
  Kind kind() const final { return Kind::block; }
  static constexpr std::size_t kBound = 128;  ///< bytes of a bound formula
  static constexpr std::size_t kMaxStates = 8;
  using Sums = std::array<double, 4>;
  struct alignas(16) Bound {
    std::byte bytes[kBound];
  };

  virtual std::span<const char* const> states() const = 0;
  virtual bool measures() const = 0;
  virtual bool per_tensor() const = 0;
  virtual bool evaluates() const = 0;
  /// Once per update, before `bind`.
  virtual void next(double* numbers, const Step& step) const = 0;
  virtual bool open(const Step& step, const double* numbers) const = 0;
  virtual void bind(const Step& step, const double* numbers, Bound& bound) const = 0;
  /// d[i] becomes the direction; states[k][i] are read and written.
  virtual void run(const Bound& bound, float* d, const float* p, float* const* states,
                   std::int64_t n) const = 0;
  virtual void run(const Bound& bound, double* d, const double* p, double* const* states,
                   std::int64_t n) const = 0;
  /// Adds what `measure` asks for, computed and summed in double.
  virtual void measure(const float* g, const float* p, float* const* states, std::int64_t n,
                       Sums& sums) const = 0;
  virtual void measure(const double* g, const double* p, double* const* states, std::int64_t n,
                       Sums& sums) const = 0;
  /// p[i] becomes what is to be evaluated.
  virtual void evaluated(float* p, float* const* states, std::int64_t n) const = 0;
  virtual void evaluated(double* p, double* const* states, std::int64_t n) const = 0;
};

struct Part;
class Context;

/// A link on whole tensors, of all parameters of its group at once. One that needs a closure or has
/// a memory sees those of all groups, whose chains must agree on it.
class TensorLink : public Link {
 public:
  using Link::Link;
  Kind kind() const final { return Kind::tensor; }
  virtual StateShapes states(const Shape& parameter) const = 0;
  /// Vectors for all parameters together, of `elements` numbers: float64, one set per link.
  virtual StateShapes memory(std::int64_t elements) const = 0;
  virtual bool has_memory() const = 0;
  virtual void run(std::span<Part> parts, Context& context) const = 0;

  bool joint() const { return traits().needs_closure || has_memory(); }
};

/// A chain of links; see optimizer.h for how it is run.
using Chain = std::vector<LinkPtr>;

}  // namespace downhill
