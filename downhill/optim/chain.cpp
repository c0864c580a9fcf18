#include "downhill/optim/chain.h"

#include "downhill/core/error.h"

namespace downhill {

LinkPtr detail::builtin_link(std::string_view name, std::size_t size, const void* options) {
  LinkPtr made =
      at_best_level([&]<Level level>() { return level_link<level>(name, size, options); });
  if (made == nullptr)
    throw_usage(name,
                "this program was compiled with another version of Downhill than it runs with");
  return made;
}

}  // namespace downhill
