// The links that ship, compiled for one processor level.
#include "downhill/optim/chain.h"
#include "downhill/optim/links/list.h"

namespace downhill {

template <>
LinkPtr detail::level_link<kLevel>(std::string_view name, std::size_t size, const void* options) {
  LinkPtr made;
  Links::with(name, [&]<class L>() {
    if (size == sizeof(L)) made = compile_link(*static_cast<const L*>(options));
  });
  return made;
}

}  // namespace downhill
