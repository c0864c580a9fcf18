#include "downhill/losses/detail/shard.h"

namespace downhill {
template <>
detail::LossPtr detail::level_loss<kLevel, 7>(std::string_view name, std::size_t size,
                                              const void* options) {
  return loss_of_shard<7>(name, size, options);
}
}  // namespace downhill
