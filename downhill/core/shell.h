#pragma once
#include <string>

namespace downhill {

/// A word of a command line that can be pasted into a shell: as it is, or in single quotes.
std::string shell_word(const std::string& text);

}  // namespace downhill
