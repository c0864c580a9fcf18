// The links that ship, compiled for one processor level.
#include "downhill/optim/link_kernel.h"
#include "downhill/optim/links/list.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {

LinkPtr level_builtin_link(std::string_view name, std::size_t size, const void* options);
LinkPtr level_builtin_link(std::string_view name, std::size_t size, const void* options) {
  LinkPtr made;
  Links::with(name, [&]<class L>() {
    if (size == sizeof(L)) made = compile_link(*static_cast<const L*>(options));
  });
  return made;
}

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
