#pragma once
#include <array>

namespace downhill {

/// What one region of a (N, C, ...) prediction is: a class of an image, an image, a class over all
/// images, or everything.
enum class Over { image_class, image, of_class, pooled };
constexpr std::array<const char*, 4> words_of(Over) {
  return {"image_class", "image", "class", "pooled"};
}

}  // namespace downhill
