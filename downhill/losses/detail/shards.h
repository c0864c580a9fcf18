#pragma once
#include <cstddef>

namespace downhill {

/// The losses of the list are compiled in so many files, builtin_<shard>.level.cpp, so that none
/// takes long: loss i in shard i % kLossShards.
inline constexpr std::size_t kLossShards = 4;

}  // namespace downhill
