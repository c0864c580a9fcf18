#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "downhill/formula/text/graph.h"

namespace downhill::text {

/// One step of a program. Operands: x >= 0 is register x; else ~x counts the inputs, then the
/// constants. `out` is a register, or for `store` the number of the result.
struct Instruction {
  Op op;
  std::int32_t out;
  std::array<std::int32_t, 4> in;
};

/// Bytes that a broadcast constant takes: a full batch of any processor level.
inline constexpr std::int64_t kBroadcastBytes = 64;

/// What a runner sees of a program: plain pointers, so that code compiled for a higher processor
/// level shares no inline function with the rest.
struct Code {
  const Instruction* instructions;
  std::int64_t count;
  const float* floats;  ///< constants, each repeated over kBroadcastBytes
  const double* doubles;
  std::int32_t inputs;
  std::int32_t registers;
};

/// Straight-line code that computes nodes of a graph, with as few registers as their order allows.
class Program {
 public:
  /// Stores `results[k]` as result k, each as soon as it is known.
  Program(const Graph& graph, std::span<const Id> results, int inputs);

  Code code() const;

 private:
  std::int32_t add_constant(double value);

  std::vector<Instruction> instructions_;
  std::vector<float> floats_;
  std::vector<double> doubles_;
  std::int32_t inputs_;
  std::int32_t constants_ = 0;
  std::int32_t registers_ = 0;
};

}  // namespace downhill::text
