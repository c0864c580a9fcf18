#pragma once
#include <span>
#include <vector>

#include "downhill/core/random.h"
#include "downhill/optim/link.h"

namespace downhill {

/// One parameter as a tensor link sees it. Nothing that the link computes is recorded.
struct Part {
  std::string_view name;
  Tensor parameter;  ///< the leaf itself; who writes it raises its version
  Tensor gradient;   ///< as the first backward left it
  Tensor direction;  ///< in: what earlier links made of the gradient; out: for those that follow
  std::span<Tensor> states;
  std::int64_t t = 1;  ///< updates of this parameter, from 1
};

/// What a tensor link may use beside its parts.
class Context {
 public:
  /// The loss and its derivatives, for links that evaluate it again.
  struct Evaluator {
    virtual ~Evaluator() = default;
    virtual double evaluate() = 0;
    virtual std::vector<Tensor> hessian_product(std::span<const Part> parts,
                                                const std::vector<Tensor>& v) = 0;
  };

  Context(const Link& link, const Step& now, std::span<Part> parts, std::span<Tensor> own,
          double* stored, Evaluator* evaluator)
      : step(now),
        memory(own),
        stored_numbers(stored),
        link_(link),
        parts_(parts),
        evaluator_(evaluator) {}

  const Step& step;
  std::span<Tensor> memory;  ///< what `memory(elements)` declared, in its order

  /// The link's own numbers; written back when `run` returns.
  template <class N>
  N& numbers() {
    return *static_cast<N*>(own_numbers);
  }
  /// Random numbers of this step and part: the same after a resume, whatever the threads.
  Random random(const Part& part, std::uint64_t seed = 0) const;
  /// The loss at the parameters' present values; leaves new gradients in their grad().
  double evaluate();
  /// H v at the present values, one v per part, by differentiating the closure's graph; made anew
  /// after the parameters have moved.
  std::vector<Tensor> hessian_product(const std::vector<Tensor>& v);

  double* const stored_numbers;  ///< for the wrapper of the link, which unpacks them
  void* own_numbers = nullptr;

 private:
  Evaluator& evaluator() const;

  const Link& link_;
  std::span<Part> parts_;
  Evaluator* evaluator_;
};

/// The gradient that the last backward left, zeros where there is none.
Tensor gradient_of(const Part& part);

}  // namespace downhill
