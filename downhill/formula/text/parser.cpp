#include "downhill/formula/text/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <numbers>
#include <string>
#include <unordered_map>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/formula/text/grammar.h"
#include "downhill/formula/text/lexer.h"

namespace downhill::text {
namespace {

// What waits on the stack of operators: those that `reduce` applies, then the open parentheses.
struct Pending {
  enum class Kind : std::uint8_t { binary, prefix, parenthesis, call } kind;
  int binding = 0;  // of an operator: the larger, the tighter
  Op op = Op::constant;
  bool swapped = false;   // a > b is b < a
  bool inverted = false;  // a != b is not a == b
  std::size_t place = 0;
  std::size_t operands = 0;  // of a call: operands on the stack when it began
  std::string_view text = {};
};

struct Operand {
  Id id;
  std::size_t place;
};

class Parser {
 public:
  Parser(std::string_view text, std::span<const std::string> variables, Graph& graph)
      : text_(text), variables_(variables), graph_(graph), lexer_(text) {
    for (std::size_t i = 0; i < variables.size(); ++i)
      inputs_.emplace(variables[i], graph.input(static_cast<int>(i)));
  }

  Id run() {
    token_ = lexer_.next();
    if (token_.kind == TokenKind::end)
      throw_usage("formula", "the text is empty; write a formula such as (y - p)^2");
    while (token_.kind != TokenKind::end) {
      if (want_operand_) read_operand();
      else read_operator();
    }
    if (want_operand_) expected_operand();
    while (!pending_.empty()) {
      if (pending_.back().kind >= Pending::Kind::parenthesis)
        throw_at(text_, pending_.back().place, "this parenthesis is never closed; add ')'");
      reduce();
    }
    require(operands_.back(), false, "the result of a formula");
    return operands_.back().id;
  }

 private:
  void advance() { token_ = lexer_.next(); }

  [[noreturn]] void expected_operand() const {
    const std::string found =
        token_.kind == TokenKind::end ? "the end" : fmt::format("'{}'", printable(token_.text));
    throw_at(text_, token_.begin,
             fmt::format("a number, a name or '(' was expected before {}", found));
  }

  void require(const Operand& operand, bool truth, std::string_view what) const {
    if (is_truth(graph_[operand.id].op) == truth) return;
    throw_at(text_, operand.place,
             truth ? fmt::format("{} must be a truth value, but this is a number; compare it, as "
                                 "in x > 0",
                                 what)
                   : fmt::format("{} must be a number, but this is a truth value; choose with "
                                 "where(condition, a, b)",
                                 what));
  }

  void read_operand() {
    const Token token = token_;
    if (token.kind == TokenKind::number) {
      advance();
      operands_.push_back({graph_.constant(token.value), token.begin});
      want_operand_ = false;
    } else if (token.text == "not" || token.text == "!") {
      advance();
      push({Pending::Kind::prefix, kNot, Op::opposite, false, false, token.begin, 0, token.text});
    } else if (token.kind == TokenKind::name && !is_word(token.text)) {
      advance();
      if (token_.text == "(") begin_call(token);
      else read_name(token);
    } else if (token.text == "-" || token.text == "+") {
      advance();
      const Op op = token.text == "-" ? Op::neg : Op::add;
      push({Pending::Kind::prefix, kSign, op, false, false, token.begin, 0, token.text});
    } else if (token.text == "(") {
      advance();
      push({Pending::Kind::parenthesis, 0, Op::constant, false, false, token.begin, 0, token.text});
    } else {
      expected_operand();
    }
  }

  void read_name(const Token& name) {
    if (const auto found = inputs_.find(name.text); found != inputs_.end()) {
      operands_.push_back({found->second, name.begin});
    } else if (is_constant_name(name.text)) {
      const double value = name.text == "pi" ? std::numbers::pi : std::numbers::e;
      operands_.push_back({graph_.constant(value), name.begin});
    } else if (find_function(name.text) != nullptr) {
      throw_at(text_, name.begin, fmt::format("{0} is a function; write {0}(...)", name.text));
    } else {
      std::vector<std::string> known(variables_.begin(), variables_.end());
      known.insert(known.end(), {"pi", "e"});
      unknown("name", name, known);
    }
    want_operand_ = false;
  }

  [[noreturn]] void unknown(std::string_view kind, const Token& name,
                            std::span<const std::string> known) const {
    constexpr std::size_t kShown = 20;
    const std::string near =
        nearest(name.text, known.first(std::min<std::size_t>(known.size(), 1000)));
    const std::string hint = near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
    throw_at(text_, name.begin,
             fmt::format("unknown {} '{}'{} known: {}{}", kind, printable(name.text),
                         hint.empty() ? ";" : hint,
                         fmt::join(known.first(std::min(known.size(), kShown)), ", "),
                         known.size() > kShown ? ", ..." : ""));
  }

  void begin_call(const Token& name) {
    const Function* function = find_function(name.text);
    if (function == nullptr) {
      if (inputs_.contains(name.text))
        throw_at(text_, name.begin,
                 fmt::format("{} is a variable, not a function; a product is written with *",
                             printable(name.text)));
      std::vector<std::string> known;
      for (const Function& f : kFunctions) known.emplace_back(f.name);
      unknown("function", name, known);
    }
    advance();
    push({Pending::Kind::call, 0, function->op, false, false, name.begin, operands_.size(),
          function->name});
    if (token_.text == ")") end_call();
  }

  void read_operator() {
    const Token token = token_;
    if (token.text == ")" || token.text == ",") {
      while (!pending_.empty() && pending_.back().kind < Pending::Kind::parenthesis) reduce();
      if (token.text == ",") next_argument();
      else close();
    } else if (const Infix* infix = find_infix(token.text)) {
      read_infix(*infix);
    } else if (token.text == "**") {
      throw_at(text_, token.begin, "'**' is not an operator; a power is written with ^");
    } else {
      throw_at(text_, token.begin,
               fmt::format("an operator was expected before '{}'; a product is written with *",
                           printable(token.text)));
    }
  }

  void read_infix(const Infix& infix) {
    const bool right = infix.binding == kPower;
    while (!pending_.empty() && pending_.back().kind < Pending::Kind::parenthesis &&
           (right ? pending_.back().binding > infix.binding
                  : pending_.back().binding >= infix.binding)) {
      if (infix.binding == kCompare && pending_.back().binding == kCompare)
        throw_at(text_, token_.begin, "comparisons do not chain; write a < b and b < c");
      reduce();
    }
    push({Pending::Kind::binary, infix.binding, infix.op, infix.swapped, infix.inverted,
          token_.begin, 0, token_.text});
    advance();
    want_operand_ = true;
  }

  void next_argument() {
    if (pending_.empty() || pending_.back().kind != Pending::Kind::call)
      throw_at(text_, token_.begin, "a comma stands only between the arguments of a function");
    advance();
    want_operand_ = true;
  }

  void close() {
    if (pending_.empty()) throw_at(text_, token_.begin, "this ')' closes nothing");
    if (pending_.back().kind == Pending::Kind::call) return end_call();
    operands_.back().place = pending_.back().place;
    pending_.pop_back();
    advance();
  }

  void end_call() {
    const Pending call = pending_.back();
    pending_.pop_back();
    const auto expected = static_cast<std::size_t>(arity(call.op));
    const std::size_t count = operands_.size() - call.operands;
    if (count != expected)
      throw_at(text_, call.place,
               fmt::format("{} takes {} argument{}, but {} {} given", call.text, expected,
                           expected == 1 ? "" : "s", count, count == 1 ? "was" : "were"));
    const Operand* const arguments = operands_.data() + call.operands;
    Id ids[3] = {kNone, kNone, kNone};
    for (std::size_t i = 0; i < count; ++i) {
      const bool condition = call.op == Op::where && i == 0;
      require(arguments[i], condition,
              condition ? std::string("the condition of where")
                        : fmt::format("argument {} of {}", i + 1, call.text));
      ids[i] = arguments[i].id;
    }
    operands_.resize(call.operands);
    operands_.push_back({graph_.make(call.op, ids[0], ids[1], ids[2]), call.place});
    want_operand_ = false;
    advance();
  }

  void push(const Pending& entry) {
    if (entry.kind != Pending::Kind::parenthesis && ++operations_ > kMostOperations)
      throw_at(text_, entry.place,
               fmt::format("a formula may have at most {} operations", kMostOperations));
    pending_.push_back(entry);
  }

  // Applies the operator on top of the stack.
  void reduce() {
    const Pending entry = pending_.back();
    pending_.pop_back();
    const bool logic = entry.op == Op::both || entry.op == Op::either || entry.op == Op::opposite;
    const std::string what = fmt::format("what stands beside '{}'", entry.text);
    Operand& last = operands_.back();
    if (entry.kind == Pending::Kind::prefix) {
      require(last, logic, what);
      last = {entry.op == Op::add ? last.id : graph_.make(entry.op, last.id), entry.place};
      return;
    }
    Operand& first = operands_[operands_.size() - 2];
    require(first, logic, what);
    require(last, logic, what);
    first.id = entry.swapped ? graph_.make(entry.op, last.id, first.id)
                             : graph_.make(entry.op, first.id, last.id);
    if (entry.inverted) first.id = graph_.make(Op::opposite, first.id);
    operands_.pop_back();
  }

  std::string_view text_;
  std::span<const std::string> variables_;
  Graph& graph_;
  Lexer lexer_;
  Token token_;
  bool want_operand_ = true;
  std::size_t operations_ = 0;
  std::vector<Pending> pending_;
  std::vector<Operand> operands_;
  std::unordered_map<std::string_view, Id> inputs_;
};

}  // namespace

Id parse(std::string_view text, std::span<const std::string> variables, Graph& graph) {
  return Parser(text, variables, graph).run();
}

}  // namespace downhill::text
