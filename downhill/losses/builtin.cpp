#include "downhill/losses/detail/builtin.h"

#include <fmt/format.h>

#include <utility>

#include "downhill/core/error.h"
#include "downhill/core/processor.h"
#include "downhill/losses/detail/shards.h"

namespace downhill {

namespace level_base {
template <std::size_t shard>
detail::LossPtr loss_of_shard(std::string_view name, std::size_t size, const void* options);
}
namespace level_v3 {
template <std::size_t shard>
detail::LossPtr loss_of_shard(std::string_view name, std::size_t size, const void* options);
}

namespace {

template <std::size_t... shard>
detail::LossPtr find(std::string_view name, std::size_t size, const void* options,
                     std::index_sequence<shard...>) {
  detail::LossPtr made;
#ifndef DOWNHILL_NO_V3
  if (use_v3()) {
    (void)((made = level_v3::loss_of_shard<shard>(name, size, options)) || ...);
    return made;
  }
#endif
  (void)((made = level_base::loss_of_shard<shard>(name, size, options)) || ...);
  return made;
}

}  // namespace

detail::LossPtr detail::builtin_loss(std::string_view name, std::size_t size, const void* options) {
  return find(name, size, options, std::make_index_sequence<kLossShards>());
}

void detail::throw_other_version(std::string_view name) {
  throw_usage(name, "this program was compiled with another version of Downhill than it runs with");
}

}  // namespace downhill
