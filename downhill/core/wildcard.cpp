#include "downhill/core/wildcard.h"

#include <fnmatch.h>

namespace downhill {

bool matches(const std::string& name, const std::string& pattern) {
  return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

}  // namespace downhill
