#include "downhill/losses/detail/builtin.h"

#include <utility>

#include "downhill/core/error.h"
#include "downhill/core/processor.h"
#include "downhill/losses/detail/shards.h"

namespace downhill {

detail::LossPtr detail::builtin_loss(std::string_view name, std::size_t size, const void* options) {
  return at_best_level([&]<Level level>() {
    LossPtr made;
    [&]<std::size_t... shard>(std::index_sequence<shard...>) {
      (void)((made = level_loss<level, shard>(name, size, options)) || ...);
    }
    (std::make_index_sequence<kLossShards>());
    return made;
  });
}

void detail::throw_other_version(std::string_view name) {
  throw_usage(name, "this program was compiled with another version of Downhill than it runs with");
}

}  // namespace downhill
