// The losses that ship, compiled for one processor level.
#include "downhill/losses/detail/builtin.h"

#include "downhill/losses/detail/make_loss.h"
#include "downhill/losses/list.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {
namespace {

template <class... L>
detail::LossPtr make(MethodList<L...>, std::size_t index, const void* options) {
  using Maker = detail::LossPtr (*)(const void*);
  static constexpr Maker makers[] = {
      [](const void* o) -> detail::LossPtr { return make_loss(*static_cast<const L*>(o)); }...};
  return makers[index](options);
}

}  // namespace

detail::LossPtr level_builtin_loss(std::size_t index, const void* options);
detail::LossPtr level_builtin_loss(std::size_t index, const void* options) {
  return make(Losses(), index, options);
}

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
