#pragma once
#include <cstddef>

#include "downhill/core/processor.h"
#include "downhill/losses/detail/builtin.h"

namespace downhill {

/// The losses of the list are compiled in so many files, builtin_<shard>.level.cpp, so that none
/// takes long: loss i in shard i % kLossShards.
inline constexpr std::size_t kLossShards = 8;

namespace detail {
/// The loss of this name for one level of processors, if it stands in this shard.
template <Level level, std::size_t shard>
LossPtr level_loss(std::string_view name, std::size_t size, const void* options);
}  // namespace detail

}  // namespace downhill
