#pragma once
#include <string_view>

namespace downhill::detail {

/// The headers of downhill/losses/, one after the other, as the build embeds them
/// (cmake/assets.cmake).
std::string_view loss_headers();

}  // namespace downhill::detail
