// The optimizers that ship, compiled for one processor level.
#include "downhill/optim/list.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {
namespace {

template <class... M>
Chain make(MethodList<M...>, std::size_t index, const void* options) {
  using Maker = Chain (*)(const void*);
  static constexpr Maker makers[] = {
      [](const void* o) -> Chain { return chain_of(*static_cast<const M*>(o)); }...};
  return makers[index](options);
}

}  // namespace

Chain level_builtin_chain(std::size_t index, const void* options);
Chain level_builtin_chain(std::size_t index, const void* options) {
  return make(Optimizers(), index, options);
}

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
