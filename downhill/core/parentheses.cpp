#include "downhill/core/parentheses.h"

#include <fmt/format.h>

#include <vector>

#include "downhill/core/error.h"

namespace downhill {

void check_parentheses(std::string_view text, std::string_view kind) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') open.push_back(i);
    if (text[i] != ')') continue;
    if (open.empty())
      throw UsageError(
          fmt::format("{} '{}': the ')' of column {} closes no '('", kind, text, i + 1));
    open.pop_back();
  }
  if (!open.empty())
    throw UsageError(fmt::format("{} '{}': the '(' of column {} is not closed; expected a ')'",
                                 kind, text, open.back() + 1));
}

}  // namespace downhill
