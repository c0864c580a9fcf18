#pragma once
#include <string>

namespace downhill {

/// Whether the whole name fits the pattern (fnmatch(3)): '*' stands for any characters, also none
/// and also dots; '?' for one; '[ab]' for one of those inside, '[!ab]' for one of the others; a
/// character behind '\' for itself. `matches("block.0.bias", "*.bias")` is true.
bool matches(const std::string& name, const std::string& pattern);

}  // namespace downhill
