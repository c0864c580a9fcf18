#include "downhill/optim/context.h"

#include "downhill/core/error.h"

namespace downhill {
namespace {

// FNV-1a: the same on every machine, unlike std::hash.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

}  // namespace

Random Context::random(const Part& part, std::uint64_t seed) const {
  return Random(seed ^ hash_of(link_.name()), hash_of(part.name),
                static_cast<std::uint64_t>(step.index) << 32);
}

Context::Evaluator& Context::evaluator() const {
  if (evaluator_ == nullptr)
    throw_usage(link_.name(), "evaluates the loss itself; call step(closure)");
  return *evaluator_;
}

double Context::evaluate() { return evaluator().evaluate(); }

std::vector<Tensor> Context::hessian_product(const std::vector<Tensor>& v) {
  return evaluator().hessian_product(parts_, v);
}

Tensor gradient_of(const Part& part) {
  const Tensor g = part.parameter.grad();
  return g.defined() ? g : Tensor::zeros(part.parameter.shape(), part.parameter.type());
}

}  // namespace downhill
