#include "downhill/formula/text/names.h"

#include <fmt/format.h>

#include <unordered_set>

#include "downhill/core/error.h"
#include "downhill/formula/text/grammar.h"
#include "downhill/formula/text/lexer.h"

namespace downhill::text {

std::vector<std::string> free_names(std::string_view text) {
  std::vector<std::string> names;
  std::unordered_set<std::string_view> seen;
  Lexer lexer(text);
  for (Token token = lexer.next(); token.kind != TokenKind::end;) {
    const Token following = lexer.next();
    const bool known = is_word(token.text) || is_constant_name(token.text) ||
                       find_function(token.text) != nullptr || following.text == "(";
    if (token.kind == TokenKind::name && !known && seen.insert(token.text).second)
      names.emplace_back(token.text);
    token = following;
  }
  return names;
}

void check_variables(std::span<const std::string> variables) {
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : variables) {
    if (!is_name(name) || is_word(name))
      throw_usage("formula", fmt::format("'{}' cannot be a variable; a name is a letter, then "
                                         "letters, digits and underscores",
                                         printable(name)));
    if (!seen.insert(name).second)
      throw_usage("formula", fmt::format("variable '{}' is listed twice", printable(name)));
  }
}

}  // namespace downhill::text
