#pragma once
#include <string>

#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/optim/optimizer.h"
#include "tests/support/points.h"

// What the contracts of all optimizers are run with.

namespace downhill {

/// A reasonable setting for small smooth problems; a new optimizer starts at its defaults.
inline Method reasonable(const std::string& name) {
  if (name == "sgd") return Method::parse("sgd:lr=0.001,momentum=0.9");
  if (name == "adam" || name == "adamw") return Method::parse(name + ":lr=0.02,weight_decay=0");
  return Method::parse(name);
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
