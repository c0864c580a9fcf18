#pragma once
#include <string>

#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/optim/optimizer.h"
#include "downhill/schedules/cosine.h"
#include "tests/support/points.h"

// What the contracts of all optimizers are run with.

namespace downhill {

/// A setting for small smooth problems: the defaults at a rate of 0.02 and without decay, where the
/// optimizer has them. What is not meant for two variables has its setting here.
inline Method reasonable(const std::string& name) {
  Method method = Method::parse(name);
  if (name == "sgd") return Method::parse("sgd:lr=0.001,momentum=0.9");
  if (name == "lookahead") return Method::parse("lookahead:of=(adam:lr=0.05)");
  if (name == "schedule_free_adamw") return Method::parse(name + ":lr=0.02,r=8");
  for (const Setting& setting : method.settings()) {
    if (setting.name == "weight_decay") method = method.with("weight_decay", "0");
    if (setting.name == "lr" && method.takes_schedule()) method = method.with("lr", "0.02");
  }
  return method;
}

/// The rate falls to 0 over the run, so that methods whose steps do not shrink by themselves (signs,
/// norms) come to rest as well.
inline void anneal(Optimizer& optimizer, const Method& method, std::int64_t steps) {
  if (method.takes_schedule() && method.name() != "schedule_free_adamw")
    optimizer.schedule_lr(Cosine{.start = 1, .end = 0, .steps = steps});
}

/// A link in a chain that it can stand in: in front of plain steps; what takes the step behind them;
/// what moves or has a rate by itself.
inline Method in_a_chain(const std::string& link) {
  const Link::Traits traits = Method::parse(link).chain({3, 4}).front()->traits();
  if (traits.moves || traits.rate != nullptr) return Method::parse(link);
  const std::string steps = "sgd:lr=0.01,momentum=0.9";
  return Method::parse(traits.of_step ? steps + " | " + link : link + " | " + steps);
}

/// Whether elements of one tensor depend on each other, but not on those of another.
inline bool works_per_tensor(const Method& method) {
  for (const LinkPtr& link : method.chain({2})) {
    const TensorLink* whole = detail::tensor(link);
    if (whole != nullptr ? !whole->joint() : detail::block(link)->per_tensor()) return true;
  }
  return false;
}

inline Tensor leaf(Tensor t) {
  t.requires_grad(true);
  return t;
}

/// One gradient for each parameter, the same whatever the optimizer.
inline void give_gradients(const Optimizer& optimizer, std::uint64_t seed) {
  for (Parameter p : optimizer.parameters())
    p.tensor.set_grad(points(p.tensor.shape(), seed++, -1, 1, p.tensor.type()));
}

/// A step of any kind: with a convex loss where the optimizer wants one, else from given gradients.
inline void any_step(Optimizer& optimizer, std::uint64_t seed) {
  if (!optimizer.needs_closure()) {
    give_gradients(optimizer, seed);
    optimizer.step();
    return;
  }
  optimizer.step([&] {
    Tensor total = Tensor::scalar(0, optimizer.parameters()[0].tensor.type());
    for (const Parameter& p : optimizer.parameters()) {
      const Tensor c = points(p.tensor.shape(), seed, 0.5, 1.5, p.tensor.type());
      total = total + sum(c * square(p.tensor - c));
    }
    return total;
  });
}

}  // namespace downhill
