#include "downhill/formula/text/program.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

namespace downhill::text {
namespace {

std::size_t at(std::int32_t id) { return static_cast<std::size_t>(id); }

// A node as an instruction whose operands are nodes still: a comparison is computed inside of the
// choice that needs it.
Instruction lowered(const Graph& graph, Id id) {
  const Node& n = graph[id];
  if (n.op != Op::where) return {n.op, id, {n.a, n.b, kNone, kNone}};
  const Node& condition = graph[n.a];
  const auto fused = [&](Op op) {
    return Instruction{op, id, {condition.a, condition.b, n.b, n.c}};
  };
  if (condition.op == Op::less) return fused(Op::where_less);
  if (condition.op == Op::less_equal) return fused(Op::where_less_equal);
  if (condition.op == Op::equal) return fused(Op::where_equal);
  return {Op::where, id, {n.a, n.b, n.c, kNone}};
}

// The instructions that the results need, in the order of the graph, each result stored as soon
// as it is known.
std::vector<Instruction> schedule(const Graph& graph, std::span<const Id> results) {
  std::vector<bool> needed(at(graph.size()), false);
  std::vector<std::pair<Id, std::int32_t>> stores;
  for (const Id id : results) {
    needed[at(id)] = true;
    stores.emplace_back(id, static_cast<std::int32_t>(stores.size()));
  }
  std::sort(stores.begin(), stores.end());
  for (Id id = graph.size() - 1; id >= 0; --id) {
    if (!needed[at(id)]) continue;
    const Instruction step = lowered(graph, id);
    for (int k = 0; k < arity(step.op); ++k) needed[at(step.in[at(k)])] = true;
  }
  std::vector<Instruction> steps;
  auto store = stores.begin();
  for (Id id = 0; id < graph.size(); ++id) {
    if (!needed[at(id)]) continue;
    if (const Instruction step = lowered(graph, id); arity(step.op) > 0) steps.push_back(step);
    for (; store != stores.end() && store->first == id; ++store)
      steps.push_back({Op::store, store->second, {id, kNone, kNone, kNone}});
  }
  return steps;
}

std::vector<std::size_t> last_uses(const std::vector<Instruction>& steps, Id nodes) {
  std::vector<std::size_t> last(at(nodes), 0);
  for (std::size_t i = 0; i < steps.size(); ++i)
    for (int k = 0; k < arity(steps[i].op); ++k) last[at(steps[i].in[at(k)])] = i;
  return last;
}

}  // namespace

std::int32_t Program::add_constant(double value) {
  floats_.insert(floats_.end(), kBroadcastBytes / sizeof(float), static_cast<float>(value));
  doubles_.insert(doubles_.end(), kBroadcastBytes / sizeof(double), value);
  return ~(inputs_ + constants_++);
}

Program::Program(const Graph& graph, std::span<const Id> results, int inputs) : inputs_(inputs) {
  instructions_ = schedule(graph, results);
  std::vector<std::size_t> last = last_uses(instructions_, graph.size());
  constexpr std::int32_t kUnplaced = std::numeric_limits<std::int32_t>::max();
  constexpr std::size_t kFreed = std::numeric_limits<std::size_t>::max();
  std::vector<std::int32_t> place(at(graph.size()), kUnplaced);
  std::vector<std::int32_t> free;
  for (std::size_t i = 0; i < instructions_.size(); ++i) {
    Instruction& step = instructions_[i];
    const auto operands = std::span(step.in).first(at(arity(step.op)));
    for (std::int32_t& operand : operands) {
      const Id id = operand;
      if (const Node& n = graph[id]; place[at(id)] == kUnplaced)  // an input or a constant
        place[at(id)] = n.op == Op::input ? ~static_cast<std::int32_t>(n.k) : add_constant(n.k);
      operand = place[at(id)];
      if (operand < 0 || last[at(id)] != i) continue;
      free.push_back(operand);
      last[at(id)] = kFreed;  // once, also where it stands twice
    }
    if (step.op == Op::store) continue;
    if (free.empty()) free.push_back(registers_++);
    place[at(step.out)] = free.back();
    step.out = free.back();
    free.pop_back();
  }
}

Code Program::code() const {
  return {instructions_.data(),
          static_cast<std::int64_t>(instructions_.size()),
          floats_.data(),
          doubles_.data(),
          inputs_,
          registers_};
}

}  // namespace downhill::text
