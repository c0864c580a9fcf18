#include "downhill/optim/chain.h"

#include "downhill/core/error.h"
#include "downhill/core/processor.h"

namespace downhill {

namespace level_base {
LinkPtr level_builtin_link(std::string_view name, std::size_t size, const void* options);
}
namespace level_v3 {
LinkPtr level_builtin_link(std::string_view name, std::size_t size, const void* options);
}

LinkPtr detail::builtin_link(std::string_view name, std::size_t size, const void* options) {
  const auto make =
#ifndef DOWNHILL_NO_V3
      use_v3() ? level_v3::level_builtin_link :
#endif
               level_base::level_builtin_link;
  LinkPtr made = make(name, size, options);
  if (made == nullptr)
    throw_usage(name,
                "this program was compiled with another version of Downhill than it runs with");
  return made;
}

}  // namespace downhill
