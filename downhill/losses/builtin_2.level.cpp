#include "downhill/losses/detail/shard.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {
template detail::LossPtr loss_of_shard<2>(std::string_view, std::size_t, const void*);
}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
