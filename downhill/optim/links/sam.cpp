#include "downhill/optim/links/sam.h"

#include <cmath>
#include <cstring>

#include "downhill/core/parallel.h"
#include "downhill/optim/context.h"
#include "downhill/optim/detail/block_sum.h"

namespace downhill {

void Sam::run(std::span<Part> parts, Context& context) const {
  double square = 0;
  for (const Part& part : parts)
    with_floating(part.parameter.type(), [&]<class T>() {
      const T *p = part.parameter.data<T>(), *g = part.direction.data<T>();
      square += detail::block_sum(part.parameter.elements(), [&](std::int64_t i) {
        const double v = static_cast<double>(g[i]) * (adaptive ? static_cast<double>(p[i]) : 1);
        return v * v;
      });
    });
  const double scale = rho / (std::sqrt(square) + 1e-12);
  std::vector<Tensor> before;
  for (const Part& part : parts) {
    before.push_back(part.parameter.clone());
    with_floating(part.parameter.type(), [&]<class T>() {
      T* p = part.parameter.data<T>();
      const T* g = part.direction.data<T>();
      parallel_blocks(part.parameter.elements(), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
          const double x = static_cast<double>(p[i]);
          p[i] = static_cast<T>(x + scale * (adaptive ? x * x : 1) * static_cast<double>(g[i]));
        }
      });
    });
    part.parameter.raise_version();
  }
  context.evaluate();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::memcpy(parts[i].parameter.raw(), before[i].raw(), before[i].bytes());
    parts[i].parameter.raise_version();
    parts[i].direction = gradient_of(parts[i]);
  }
}

}  // namespace downhill
