#pragma once
#include <array>

#include "downhill/core/options.h"

namespace downhill {

/// What one region of a (N, C, ...) prediction is: a class of an image, an image, a class over all
/// images, or everything.
enum class Over { image_class, image, of_class, pooled };
constexpr std::array<const char*, 4> words_of(Over) {
  return {"image_class", "image", "class", "pooled"};
}

// The words of the options that losses of one region's sums share.
inline constexpr Words kOver{"over", kFinite,
                             "what is one region: image_class, image, class or pooled"};
inline constexpr Words kSmooth{"smooth", kNonNegative,
                               "added above and below; keeps empty regions finite"};

}  // namespace downhill
