#include "downhill/formula/text/derivative.h"

#include <array>
#include <cstddef>

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

// d times that.
Id through_function(Graph& g, Op op, Id x, Id y, Id d) {
  if (op == Op::neg) return g.scale(-1, d);
  const Id slope = slope_of(g, op, {&g, x}, {&g, y});
  if (g.is_constant(slope, 0)) return slope;  // also where d is infinite
  if (g.is(slope, Op::div) && g.is_constant(g[slope].a, 1)) return g.make(Op::div, d, g[slope].b);
  return g.product(d, slope);
}

Id through_power(Graph& g, const Node& n, Id y, int operand, Id d) {
  if (operand == 0) {  // x^0 is 1 for every x, 0 as well
    const Id lower = g.make(Op::pow, n.a, g.make(Op::sub, n.b, g.constant(1)));
    const Id flat = g.make(Op::both, g.make(Op::equal, n.a, g.constant(0)),
                           g.make(Op::equal, n.b, g.constant(0)));
    return g.product(d, g.make(Op::where, flat, g.constant(0), g.product(n.b, lower)));
  }
  const Id slope = g.make(Op::mul, y, g.make(Op::log, n.a));  // 0 log 0 = 0
  const Id at_zero = g.make(Op::equal, n.a, g.constant(0));
  return g.product(d, g.make(Op::where, at_zero, g.constant(0), slope));
}

// d times the slope of node y by its operand 0 or 1: the chain rule, the same in both directions.
Id through(Graph& g, Id y, int operand, Id d) {
  const Node n = g[y];
  switch (n.op) {
    case Op::add:
      return d;
    case Op::sub:
      return operand == 0 ? d : g.scale(-1, d);
    case Op::mul:
      return g.product(d, operand == 0 ? n.b : n.a);
    case Op::div:
      if (operand == 0) return g.make(Op::div, d, n.b);
      return g.scale(-1, g.make(Op::div, g.product(d, y), n.b));
    case Op::pow:
      return through_power(g, n, y, operand, d);
    default:
      return through_function(g, n.op, n.a, y, d);
  }
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
struct Flow {
  Id raw = kNone;
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
  into = {g.make(Op::where, first, into.raw, more.raw), outer};
  return true;
}

void flow_into(Graph& g, Flow& into, Flow more) {
  if (g.is_constant(more.raw, 0)) return;
  if (more.gate != kNone && g.is(more.gate, Op::truth)) {
    if (g[more.gate].k == 0) return;
    more.gate = kNone;
  }
  if (into.raw == kNone) {
    into = more;
  } else if (into.gate == more.gate) {
    into.raw = g.sum(into.raw, more.raw);
  } else if (!joined(g, into, more)) {
    const bool always = into.gate == kNone || more.gate == kNone;
    const Id gate = always ? kNone : g.make(Op::either, into.gate, more.gate);
    into = {g.sum(settled(g, into), settled(g, more)), gate};
  }
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
      if (moves[at(yes)])
        flow_into(g, flows[at(yes)], {flow.raw, narrowed(g, flow.gate, condition)});
      if (moves[at(no)]) flow_into(g, flows[at(no)], {flow.raw, narrowed(g, flow.gate, other)});
    } else {
      for (int k = 0; k < arity(n.op); ++k) {
        const Id operand = k == 0 ? n.a : n.b;
        if (moves[at(operand)])
          flow_into(g, flows[at(operand)], {through(g, id, k, flow.raw), flow.gate});
      }
    }
  }
  return result;
}

std::vector<Id> tangents(Graph& g, std::span<const Id> nodes, int moving, int first_direction) {
  const Id zero = g.constant(0);
  std::vector<Id> tangent(at(g.size()), kNone);
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
        if (inner != zero) t = g.sum(t, through(g, id, k, inner));
      }
    }
    if (t != zero) tangent[at(id)] = t;
  }
  std::vector<Id> result;
  for (const Id id : nodes) result.push_back(of(id));
  return result;
}

}  // namespace downhill::text
