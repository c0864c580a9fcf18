#pragma once
#include <cstdint>

#include "downhill/core/processor.h"
#include "downhill/formula/text/program.h"

namespace downhill::text {

/// One run of a program over n elements. Its inputs are `in[0 .. variables-1]`, then `directions`.
template <class T>
struct Call {
  const T* const* in = nullptr;
  std::int32_t variables = 0;
  const T* const* directions = nullptr;  ///< a null entry is zero
  const T* weight = nullptr;             ///< null: 1
  T scale = 1;
  T* plain = nullptr;          ///< result 0, as it is
  T* const* scaled = nullptr;  ///< results 1, 2, ...: times scale and weight
  bool stream = false;         ///< write `scaled` around the cache
  bool summed = false;         ///< return the sum of weight times result 0, else 0
  std::int64_t n = 0;
};

/// Runs programs; one such table per processor level.
struct TextRunner {
  double (*run_float)(const Code& code, const Call<float>& call);
  double (*run_double)(const Code& code, const Call<double>& call);
};

template <Level>
const TextRunner& level_text_runner();

/// The highest level that this processor has; chosen once.
const TextRunner& best_text_runner();

}  // namespace downhill::text
