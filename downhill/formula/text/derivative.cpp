#include "downhill/formula/text/derivative.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace downhill::text {
namespace {

std::size_t at(Id id) { return static_cast<std::size_t>(id); }

/// A node in a formula that is written out.
struct Expression {
  Graph* graph;
  Id id;
};
Expression made(Op op, Expression a, Expression b) {
  return {a.graph, a.graph->make(op, a.id, b.id)};
}
Expression constant(Expression beside, double k) {
  return {beside.graph, beside.graph->constant(k)};
}
Expression operator-(Expression a) { return {a.graph, a.graph->make(Op::neg, a.id)}; }
Expression operator*(Expression a, Expression b) { return made(Op::mul, a, b); }
Expression operator*(double k, Expression a) { return made(Op::mul, a, constant(a, k)); }
Expression operator+(Expression a, double k) { return made(Op::add, a, constant(a, k)); }
Expression operator-(double k, Expression a) { return made(Op::sub, constant(a, k), a); }
Expression operator/(double k, Expression a) { return made(Op::div, constant(a, k), a); }
#define ROW(name, slope)                             \
  [[maybe_unused]] Expression name(Expression a) {   \
    return {a.graph, a.graph->make(Op::name, a.id)}; \
  }
DOWNHILL_TEXT_FUNCTIONS(ROW)
#undef ROW

Id number(Graph&, Expression e) { return e.id; }
Id number(Graph& g, double k) { return g.constant(k); }

// The slope of a function of one argument, y = f(x).
Id slope_of(Graph& g, Op op, Expression x, Expression y) {
  switch (op) {
#define ROW(name, slope) \
  case Op::name:         \
    return number(g, slope);
    DOWNHILL_TEXT_FUNCTIONS(ROW)
#undef ROW
    default:
      return g.constant(0);
  }
}

Id is_zero(Graph& g, Id id) { return g.make(Op::equal, id, g.constant(0)); }

// What flows through the chain rule, and where it may be infinite.
struct Slope {
  Id raw = kNone;
  Id steep = kNone;  // none: nowhere
};

// Where nothing moves an infinite slope moves nothing: 0 times infinity is 0 there.
Id times(Graph& g, const Slope& d, Id slope) {
  const Id product = g.product(d.raw, slope);
  if (d.steep == kNone || g.is_constant(slope)) return product;
  return g.make(Op::where, g.make(Op::both, d.steep, is_zero(g, slope)), g.constant(0), product);
}

// d times that.
Id through_function(Graph& g, Op op, Id x, Id y, const Slope& d) {
  if (op == Op::neg) return g.scale(-1, d.raw);
  const Id slope = slope_of(g, op, {&g, x}, {&g, y});
  if (g.is_constant(slope, 0)) return slope;  // also where d is infinite
  if (g.is(slope, Op::div) && g.is_constant(g[slope].a, 1))
    return g.make(Op::div, d.raw, g[slope].b);
  return times(g, d, slope);
}

Id through_power(Graph& g, const Node& n, Id y, int operand, const Slope& d) {
  if (operand == 0) {  // x^0 is 1 for every x, 0 as well
    const Id lower = g.make(Op::pow, n.a, g.make(Op::sub, n.b, g.constant(1)));
    const Id flat = g.make(Op::both, is_zero(g, n.a), is_zero(g, n.b));
    return times(g, d, g.make(Op::where, flat, g.constant(0), g.product(n.b, lower)));
  }
  const Id slope = g.make(Op::mul, y, g.make(Op::log, n.a));  // 0 log 0 = 0
  return times(g, d, g.make(Op::where, is_zero(g, n.a), g.constant(0), slope));
}

// d times the slope of node y by its operand 0 or 1: the chain rule, the same in both directions.
Id through(Graph& g, Id y, int operand, const Slope& d) {
  const Node n = g[y];
  switch (n.op) {
    case Op::add:
      return d.raw;
    case Op::sub:
      return operand == 0 ? d.raw : g.scale(-1, d.raw);
    case Op::mul:
      return times(g, d, operand == 0 ? n.b : n.a);
    case Op::div:
      if (operand == 0) return g.make(Op::div, d.raw, n.b);
      return g.scale(-1, g.make(Op::div, times(g, d, y), n.b));
    case Op::pow:
      return through_power(g, n, y, operand, d);
    default:
      return through_function(g, n.op, n.a, y, d);
  }
}

// What is known of a node's values, whatever the inputs are.
enum class Sign : std::uint8_t { any, not_negative, positive };

std::vector<Sign> signs_of(const Graph& g, Id end) {
  std::vector<Sign> signs;
  const auto of = [&](Id id) { return signs[at(id)]; };
  for (Id id = 0; id < end; ++id) {
    const Node& n = g[id];
    const bool square = n.op == Op::mul && n.a == n.b;
    Sign sign = square || n.op == Op::abs || n.op == Op::sqrt ? Sign::not_negative : Sign::any;
    if (n.op == Op::constant && n.k > 0) sign = Sign::positive;
    if (n.op == Op::add && of(n.a) != Sign::any && of(n.b) != Sign::any)
      sign = std::max(of(n.a), of(n.b));
    signs.push_back(sign);
  }
  return signs;
}

// Where the slope of a node by its operand is not finite, as that of the root at 0, or that of a power
// by its exponent at a base below 0.
Id steep_at(Graph& g, const std::vector<Sign>& signs, const Node& n, int operand) {
  if (n.op != Op::sqrt && n.op != Op::pow) return kNone;
  if (signs[at(n.a)] == Sign::positive) return kNone;
  if (operand == 1) return g.make(Op::less, n.a, g.constant(0));
  const bool gentle = n.op == Op::pow && g.is_constant(n.b) && g[n.b].k >= 1;
  return gentle ? kNone : is_zero(g, n.a);
}

// max and min as a choice: {condition, taken if it holds, taken if not}; other nodes that choose
// are `where`.
std::array<Id, 3> choice(Graph& g, const Node& n) {
  if (n.op == Op::where) return {n.a, n.b, n.c};
  if (n.op == Op::max) return {g.make(Op::less_equal, n.a, n.b), n.b, n.a};
  return {g.make(Op::less_equal, n.b, n.a), n.b, n.a};
}

bool chooses(Op op) { return op == Op::where || op == Op::max || op == Op::min; }

// What flows back into a node: `raw` where `gate` holds, nothing elsewhere. The gate stays outside
// of the products that follow, since 0 times an infinite slope would not be 0.
struct Flow : Slope {
  Id gate = kNone;  // none: always
};

Id settled(Graph& g, const Flow& flow) {
  return flow.gate == kNone ? flow.raw : g.make(Op::where, flow.gate, flow.raw, g.constant(0));
}

Id narrowed(Graph& g, Id gate, Id condition) {
  return gate == kNone ? condition : g.make(Op::both, gate, condition);
}

// Two flows whose gates exclude each other and fill `into.gate` together become one choice.
bool joined(Graph& g, Flow& into, const Flow& more) {
  if (into.gate == kNone || more.gate == kNone) return false;
  Id outer = kNone, first = into.gate, second = more.gate;
  if (g.is(first, Op::both) && g.is(second, Op::both) && g[first].a == g[second].a) {
    outer = g[first].a;
    first = g[into.gate].b;
    second = g[more.gate].b;
  }
  if (g.make(Op::opposite, first) != second) return false;
  into.raw = g.make(Op::where, first, into.raw, more.raw);
  into.gate = outer;
  return true;
}

Id either(Graph& g, Id a, Id b) {
  return a == kNone || a == b ? b : b == kNone ? a : g.make(Op::either, a, b);
}

void flow_into(Graph& g, Flow& into, Flow more) {
  if (g.is_constant(more.raw, 0)) return;
  if (more.gate != kNone && g.is(more.gate, Op::truth)) {
    if (g[more.gate].k == 0) return;
    more.gate = kNone;
  }
  const Id steep = either(g, into.steep, more.steep);
  if (into.raw == kNone) {
    into = more;
  } else if (into.gate == more.gate) {
    into.raw = g.sum(into.raw, more.raw);
  } else if (!joined(g, into, more)) {
    const bool always = into.gate == kNone || more.gate == kNone;
    into.raw = g.sum(settled(g, into), settled(g, more));
    into.gate = always ? kNone : g.make(Op::either, into.gate, more.gate);
  }
  into.steep = steep;
}

// Which nodes change with a moving input.
std::vector<bool> moving_nodes(const Graph& g, Id f, int moving) {
  std::vector<bool> moves(at(f) + 1, false);
  for (Id id = 0; id <= f; ++id) {
    const Node& n = g[id];
    const auto operand = [&](Id x) { return x != kNone && moves[at(x)]; };
    if (n.op == Op::input) moves[at(id)] = n.k < moving;
    else if (!is_truth(n.op)) moves[at(id)] = operand(n.a) || operand(n.b) || operand(n.c);
  }
  return moves;
}

}  // namespace

std::vector<Id> gradient(Graph& g, Id f, int moving) {
  std::vector<Id> result(static_cast<std::size_t>(moving), g.constant(0));
  const std::vector<bool> moves = moving_nodes(g, f, moving);
  const std::vector<Sign> signs = signs_of(g, f + 1);
  std::vector<Flow> flows(moves.size());
  if (moves[at(f)]) flows[at(f)].raw = g.constant(1);
  for (Id id = f; id >= 0; --id) {
    const Flow flow = flows[at(id)];
    if (flow.raw == kNone) continue;
    const Node n = g[id];
    if (n.op == Op::input) {
      result[static_cast<std::size_t>(n.k)] = settled(g, flow);
    } else if (chooses(n.op)) {
      const auto [condition, yes, no] = choice(g, n);
      const Id other = g.make(Op::opposite, condition);
      if (moves[at(yes)]) flow_into(g, flows[at(yes)], {flow, narrowed(g, flow.gate, condition)});
      if (moves[at(no)]) flow_into(g, flows[at(no)], {flow, narrowed(g, flow.gate, other)});
    } else {
      for (int k = 0; k < arity(n.op); ++k) {
        const Id operand = k == 0 ? n.a : n.b;
        if (!moves[at(operand)]) continue;
        const Id steep = either(g, flow.steep, steep_at(g, signs, n, k));
        flow_into(g, flows[at(operand)], {{through(g, id, k, flow), steep}, flow.gate});
      }
    }
  }
  return result;
}

std::vector<Id> tangents(Graph& g, std::span<const Id> nodes, int moving, int first_direction) {
  const Id zero = g.constant(0);
  std::vector<Id> tangent(at(g.size()), kNone);
  const std::vector<Sign> signs = signs_of(g, g.size());
  const auto of = [&](Id id) { return tangent[at(id)] == kNone ? zero : tangent[at(id)]; };
  for (Id id = 0; id < static_cast<Id>(tangent.size()); ++id) {
    const Node n = g[id];
    Id t = zero;
    if (n.op == Op::input) {
      if (n.k < moving) t = g.input(first_direction + static_cast<int>(n.k));
    } else if (chooses(n.op)) {
      if (const auto [condition, yes, no] = choice(g, n); of(yes) != zero || of(no) != zero)
        t = g.make(Op::where, condition, of(yes), of(no));
    } else if (!is_truth(n.op)) {
      for (int k = 0; k < arity(n.op); ++k) {
        const Id inner = of(k == 0 ? n.a : n.b);
        if (inner == zero) continue;
        const Id moved = through(g, id, k, {inner}), steep = steep_at(g, signs, n, k);
        const Id still = steep == kNone ? kNone : g.make(Op::both, steep, is_zero(g, inner));
        t = g.sum(t, steep == kNone ? moved : g.make(Op::where, still, zero, moved));
      }
    }
    if (t != zero) tangent[at(id)] = t;
  }
  std::vector<Id> result;
  for (const Id id : nodes) result.push_back(of(id));
  return result;
}

}  // namespace downhill::text
