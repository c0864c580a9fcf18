#pragma once
#include <utility>

#include "downhill/losses/detail/builtin.h"
#include "downhill/losses/detail/make_loss.h"
#include "downhill/losses/detail/shards.h"
#include "downhill/losses/list.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {

template <bool mine, class L>
bool make_if(std::string_view name, std::size_t size, const void* options, detail::LossPtr& made) {
  if constexpr (mine) {
    if (name != L::name) return false;
    if (size != sizeof(L)) detail::throw_other_version(name);
    made = make_loss(*static_cast<const L*>(options));
    return true;
  } else {
    return false;
  }
}

/// The loss of this name, if it stands in this shard.
template <std::size_t shard>
detail::LossPtr loss_of_shard(std::string_view name, std::size_t size, const void* options) {
  detail::LossPtr made;
  [&]<class... L, std::size_t... i>(MethodList<L...>, std::index_sequence<i...>) {
    (void)(make_if<i % kLossShards == shard, L>(name, size, options, made) || ...);
  }(Losses(), std::make_index_sequence<Losses::size>());
  return made;
}

}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
