#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "downhill/core/error.h"
#include "downhill/core/parentheses.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"

// A loss from text: "huber:delta=0.5", a weighted sum of such, or a formula in p and y.

namespace downhill {
namespace {

bool is_word(std::string_view name) {
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                  c == '_';
         });
}

/// "name" or "name:...", but no short formula.
bool is_spec(std::string_view text) {
  const std::string_view name = text.substr(0, text.find(':'));
  return is_word(name) && name != "p" && name != "y" && name != "pi";
}

bool is_known(std::string_view name) {
  const auto names = Losses::names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

Loss named(std::string_view text) {
  const Spec spec = parse_spec(text, "loss");
  std::optional<Loss> made;
  Losses::with(spec.name, [&]<class L>() {
    L loss;
    read_options(L::name, loss, spec);
    made = Loss(std::move(loss));
  });
  if (!made) throw_unknown("loss", spec.name, Losses::names());
  return *made;
}

/// The pieces between the + signs outside of parentheses; the + of 1e+5 is none.
std::vector<std::string> pieces_of(std::string_view text) {
  std::vector<std::string> pieces;
  for (const std::string_view piece : split_outside(text, '+')) {
    const auto exponent = [](const std::string& before) {
      const std::size_t n = before.size();
      return n >= 2 && (before[n - 1] == 'e' || before[n - 1] == 'E') && before[n - 2] >= '0' &&
             before[n - 2] <= '9';
    };
    if (!pieces.empty() && exponent(pieces.back()) && !piece.empty() && piece[0] >= '0' &&
        piece[0] <= '9')
      pieces.back() += "+" + std::string(piece);
    else pieces.emplace_back(piece);
  }
  return pieces;
}

struct TermText {
  double factor = 1;
  std::string loss;
};

/// "0.5*dice:smooth=0": the factor may be missing.
std::optional<TermText> term_of(const std::string& piece) {
  double factor = 1;
  const char *begin = piece.data(), *end = begin + piece.size();
  const auto [after, error] = std::from_chars(begin, end, factor);
  if (error != std::errc()) return TermText{1, piece};
  const std::string rest(after, end);
  const std::size_t star = rest.find_first_not_of(' ');
  if (star == std::string::npos || rest[star] != '*') return std::nullopt;
  const std::size_t loss = rest.find_first_not_of(' ', star + 1);
  if (loss == std::string::npos) return std::nullopt;
  return TermText{factor, rest.substr(loss)};
}

/// The terms of a text in which the names of losses stand, with factors or several of them.
std::vector<TermText> sum_terms(std::string_view text) {
  std::vector<TermText> terms;
  bool any_known = false;
  for (const std::string& piece : pieces_of(text)) {
    auto term = term_of(piece);
    if (!term) term = TermText{1, piece};
    std::string_view name = without_parentheses(term->loss);
    name.remove_prefix(std::min(name.find_first_not_of("( "), name.size()));  // of one left open
    name = name.substr(0, name.find_first_of(":+* )"));
    any_known = any_known || is_known(name);
    terms.push_back(std::move(*term));
  }
  if (!any_known || (terms.size() == 1 && terms[0].factor == 1)) return {};
  return terms;
}

}  // namespace

Loss Loss::parse(std::string_view text) {
  if (text.size() > 100'000) throw UsageError("a loss of more than 100,000 characters is refused");
  if (is_spec(text) && pieces_of(text).size() == 1) return named(text);
  const std::vector<TermText> terms = sum_terms(text);
  if (terms.empty()) {
    if (const auto minus = text.find('-'); minus != text.npos && minus > 0) {
      std::string_view first = text.substr(0, minus);
      first = first.substr(0, first.find_last_not_of(' ') + 1);
      if (is_known(first.substr(0, first.find(':'))))
        throw UsageError(
            fmt::format("loss '{}': losses are added, not subtracted; a part that is to "
                        "count less has a smaller factor",
                        text));
    }
    return pointwise_text(text);
  }
  check_parentheses(text, "loss");
  std::vector<detail::Term> members;
  for (const TermText& term : terms) {
    const std::string_view inner = without_parentheses(term.loss);
    if (!is_spec(inner) && inner.size() == term.loss.size())
      throw UsageError(
          fmt::format("loss '{}': '{}' is not the name of a loss; a sum of losses is "
                      "written as dice+0.5*cross_entropy:label_smoothing=0.1",
                      text, term.loss));
    members.push_back({term.factor, parse(inner).loss_});
  }
  return Loss(detail::sum_of(std::move(members)));
}

template <>
const OptionKind& option_kind<Loss>() {
  static constexpr OptionKind kind = {
      [](std::string_view text, void* member) -> std::string {
        *static_cast<Loss*>(member) = Loss::parse(without_parentheses(text));
        return "";
      },
      [](const void* member) { return "(" + static_cast<const Loss*>(member)->text() + ")"; },
      [](const void*, const Range&) { return true; }};
  return kind;
}

}  // namespace downhill
