#include "downhill/losses/detail/builtin.h"

#include "downhill/core/processor.h"

namespace downhill {

namespace level_base {
detail::LossPtr level_builtin_loss(std::size_t index, const void* options);
}
namespace level_v3 {
detail::LossPtr level_builtin_loss(std::size_t index, const void* options);
}

detail::LossPtr detail::builtin_loss(std::size_t index, const void* options) {
#ifndef DOWNHILL_NO_V3
  if (use_v3()) return level_v3::level_builtin_loss(index, options);
#endif
  return level_base::level_builtin_loss(index, options);
}

}  // namespace downhill
